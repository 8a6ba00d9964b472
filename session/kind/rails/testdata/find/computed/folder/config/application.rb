require_relative "boot"

module ShopFront
  class Application < Rails::Application
    config.load_defaults 7.1
    config.session_store :cookie_store, key: "_#{Rails.env}_session"
  end
end
