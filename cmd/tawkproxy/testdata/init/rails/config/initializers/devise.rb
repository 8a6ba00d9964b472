Devise.setup do |config|
  require "devise/orm/active_record"
  config.stretches = 4
end

# Devise's mailer wants ActionMailer, which is not there.
Rails.application.config.eager_load = false
