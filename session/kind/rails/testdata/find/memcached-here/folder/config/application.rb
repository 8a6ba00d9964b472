module Shop
  class Application < Rails::Application
    config.session_store :cache_store, key: "_shop_session"
    config.cache_store = :mem_cache_store
  end
end
