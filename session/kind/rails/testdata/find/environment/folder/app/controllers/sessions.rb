class SessionsController
  def create
    session[:member_id] = 1
    session["cart"] ||= []
    return if session[:seen] == 1
  end
end
