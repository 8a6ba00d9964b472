module Shop
  class Application < Rails::Application
    config.session_store :cache_store, key: "_shop_session"
    config.cache_store = :mem_cache_store, (ENV["MEMCACHIER_SERVERS"] || "").split(","), { username: ENV["MEMCACHIER_USERNAME"] }
  end
end
