require_relative "boot"

module HTMLShop2
  class Application < Rails::Application
    config.load_defaults 7.1
    config.session_store :active_record_store, :key => "_html_session"
  end
end
