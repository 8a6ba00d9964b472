require_relative "boot"

module ShopFront
  class Application < Rails::Application
    config.load_defaults 7.1
    config.session_store :redis_store,
      servers: ["redis://127.0.0.1:6379/0/shop"], key: "_redis_session"
  end
end
