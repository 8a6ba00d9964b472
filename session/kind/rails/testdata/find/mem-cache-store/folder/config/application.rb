module Shop
  class Application < Rails::Application
    config.session_store :mem_cache_store, key: "_shop_session", memcache_server: ["10.0.0.1:11211", "10.0.0.2:11211"]
  end
end
