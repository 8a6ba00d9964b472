# Rails.application.config.session_store :cookie_store, key: "_old_session"
Rails.application.config.session_store :cookie_store,
  key: '_shop_session', # the name
  expire_after: 2.weeks
