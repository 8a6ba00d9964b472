Rails.application.routes.draw do
  devise_for :users, skip: :all
  root to: "home#home"
  post "/login", to: "home#login"
  post "/logout", to: "home#logout"
end
