from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse, HttpResponseForbidden
from django.urls import path
from django.utils.html import escape
from django.views.decorators.csrf import csrf_exempt

PAGE = """<!DOCTYPE html>
<html><head><title>Django</title></head><body><p>Hello, %s.
<form action=/login method=post><input name=user><input name=password><button>Log in</button></form></body></html>
"""


def home(request):
    return HttpResponse(PAGE % escape(request.user.get_full_name() if request.user.is_authenticated else "stranger"))


@csrf_exempt
def log_in(request):
    user = authenticate(username=request.POST["user"], password=request.POST["password"])
    if user is None:
        return HttpResponseForbidden("That is not the password.")
    login(request, user)
    return home(request)


@csrf_exempt
def log_out(request):
    logout(request)
    return home(request)


urlpatterns = [path("", home), path("login", log_in), path("logout", log_out)]
