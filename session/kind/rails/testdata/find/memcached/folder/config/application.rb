module Shop
  class Application < Rails::Application
    config.session_store :cache_store, key: "_shop_session"
    config.cache_store = :mem_cache_store, "cache-1.example", "cache-2.example:11212", { namespace: "shop", compress: true, expires_in: 1.day }
  end
end
