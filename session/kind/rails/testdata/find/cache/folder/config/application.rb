require_relative "boot"

module ShopFront
  class Application < Rails::Application
    config.load_defaults 7.1
    config.session_store :cache_store, key: "_c_session"
    config.cache_store = :redis_cache_store, { url: "redis://cache:6379/1" }
  end
end
