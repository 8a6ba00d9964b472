# Makes the table of users, and serves the site on PORT.
require_relative "config/environment"

ActiveRecord::Schema.verbose = false
ActiveRecord::Schema.define { create_table(:users, force: true) { |t| t.string :name, :email, :encrypted_password, default: "" } }
User.create!(id: 42, name: "Ada Lovelace", email: "ada@example.com", password: "secret")
User.create!(id: 43, name: "José \"Pepe\" O'Neil", email: "jose@example.com", password: "secret")

require "rack/handler/puma"
Rack::Handler::Puma.run(Rails.application, Host: "127.0.0.1", Port: ENV.fetch("PORT"), Silent: true, Threads: "0:2")
