class HomeController < ActionController::Base
  skip_forgery_protection

  def home
    render html: <<~PAGE.html_safe
      <!DOCTYPE html>
      <html><head><title>Shop</title></head><body><p>Hello, #{CGI.escapeHTML(current_user&.name || "stranger")}.
      <form action=/login method=post><input name=user><input name=password><button>Log in</button></form></body></html>
    PAGE
  end

  def login
    user = User.find_by(email: "#{params[:user]}@example.com")
    return head(:forbidden) unless user&.valid_password?(params[:password])

    sign_in(user)
    home
  end

  def logout
    sign_out
    home
  end
end
