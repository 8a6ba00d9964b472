# Serves Debian's Redmine at PORT with an empty database and two members. REDMINE_INSTANCE leads to the folder of its data.

ENV["RAILS_ENV"] = "production"
require "puma"
require "rack/handler/puma"
require "/usr/share/redmine/config/application"
RedmineApp::Application.config.before_initialize { |app| app.config.eager_load = false }
require "/usr/share/redmine/config/environment"

ActiveRecord::Migration.verbose = false
ActiveRecord::Base.connection.execute("PRAGMA synchronous = OFF")
ActiveRecord::MigrationContext.new("/usr/share/redmine/db/migrate", ActiveRecord::SchemaMigration).migrate
ActiveRecord::Base.descendants.each(&:reset_column_information)

[[42, "ada", "Ada", "Lovelace"], [43, "jose", "José \"Pepe\"", "O'Neil"]].each do |id, login, first, last|
  member = User.new(firstname: first, lastname: last, mail: "#{login}@example.com", language: "en", mail_notification: "none")
  member.id, member.login, member.password = id, login, "secretsecret"
  member.save!
end
Rack::Handler::Puma.run(Rails.application, Host: "127.0.0.1", Port: ENV.fetch("PORT"), Silent: true, Threads: "0:2")
