# A Rails site in one file: ruby app.rb, then http://127.0.0.1:8000/.
#
# PORT and SECRET_KEY_BASE are taken from the environment; SERIALIZER is json or marshal; REDIS, a URL, keeps the sessions there
# in a cache store, MEMCACHED, servers with commas between, in one of dalli, MEMCACHED_STORE, such servers, in the store mem_cache_store, REDIS_STORE, a URL with a namespace at its end, by redis-rails; DEVISE=1 logs in by Devise, with its users in
# DATABASE, an SQLite file; KEY_DIGEST is SHA1 or SHA256, key_generator_hash_digest_class of Rails 7.

require "action_controller/railtie"
require "cgi"
require "tmpdir"

PEOPLE = { "ada" => { "id" => 42, "name" => "Ada Lovelace" }, "jose" => { "id" => 43, "name" => "José \"Pepe\" O'Neil" } }.freeze

# A Rails before 7 knows SHA1 alone.
unless ENV["KEY_DIGEST"].nil? || ActiveSupport::KeyGenerator.respond_to?(:hash_digest_class)
  ActiveSupport::KeyGenerator.prepend(Module.new do
    def generate_key(salt, key_size = 64)
      OpenSSL::PKCS5.pbkdf2_hmac(@secret, salt, @iterations, key_size, OpenSSL::Digest.new(ENV["KEY_DIGEST"]))
    end
  end)
end

class Shop < Rails::Application
  config.load_defaults 6.1
  config.secret_key_base = ENV.fetch("SECRET_KEY_BASE", "the secret_key_base of an example")
  config.eager_load = false
  config.action_controller.default_protect_from_forgery = false
  config.hosts.clear
  config.logger = Logger.new($stderr)
  config.log_level = :warn
  config.action_dispatch.cookies_serializer = ENV.fetch("SERIALIZER", "json").to_sym
  if ENV["KEY_DIGEST"] && ActiveSupport::KeyGenerator.respond_to?(:hash_digest_class)
    config.active_support.key_generator_hash_digest_class = OpenSSL::Digest.const_get(ENV["KEY_DIGEST"])
  end
  config.root = __dir__
  if ENV["REDIS"]
    config.cache_store = :redis_cache_store, { url: ENV["REDIS"] }
    config.session_store :cache_store, key: "_shop_session"
  elsif ENV["MEMCACHED"]
    config.cache_store = :mem_cache_store, *ENV["MEMCACHED"].split(",")
    config.session_store :cache_store, key: "_shop_session"
  elsif ENV["MEMCACHED_STORE"]
    config.session_store :mem_cache_store, key: "_shop_session", memcache_server: ENV["MEMCACHED_STORE"].split(",")
  elsif ENV["REDIS_STORE"]
    require "redis-actionpack"
    config.session_store :redis_store, key: "_shop_session", servers: [ENV["REDIS_STORE"]]
    # What redis-rack wants to know, up to 2.1.2.
    ActionDispatch::Request::Session::Options.define_method(:key?) { |name| to_hash.key?(name) }
  else
    config.session_store :cookie_store, key: "_shop_session"
  end
end

if ENV["DEVISE"]
  require "active_record"
  require "devise"
  require "devise/orm/active_record"

  ActiveRecord::Base.establish_connection(adapter: "sqlite3", database: ENV.fetch("DATABASE") { Dir.mktmpdir + "/shop.sqlite" })
  ActiveRecord::Schema.verbose = false
  ActiveRecord::Schema.define do
    create_table(:users, force: true) { |t| t.string :name, :email, :encrypted_password, default: "" }
  end
  Devise.setup { |config| config.stretches = 4 }

  class User < ActiveRecord::Base
    devise :database_authenticatable
  end
  PEOPLE.each { |user, person| User.create!(**person, email: "#{user}@example.com", password: "secret") }
end

class HomeController < ActionController::Base
  def home
    id = ENV["DEVISE"] ? current_user&.id : session[:user]&.fetch("id")
    name = PEOPLE.values.find { |person| person["id"] == id }&.fetch("name") || "stranger"
    render html: <<~PAGE.html_safe
      <!DOCTYPE html>
      <html><head><title>Rails</title></head><body><p>Hello, #{CGI.escapeHTML(name)}.
      <form action=/login method=post><input name=user value=ada><input name=password value=secret><button>Log in</button></form>
      <form action=/logout method=post><button>Log out</button></form></body></html>
    PAGE
  end

  def login
    return head(:forbidden) unless (person = PEOPLE[params[:user]]) && params[:password] == "secret"

    ENV["DEVISE"] ? sign_in(User.find(person["id"])) : session[:user] = person
    session[:cart] = [{ sku: "A-1", qty: 2 }] * 3
    home
  end

  def logout
    ENV["DEVISE"] ? sign_out : reset_session
    home
  end
end

Shop.routes.prepend do
  devise_for :users, skip: :all if ENV["DEVISE"]
  root to: "home#home"
  post "/login", to: "home#login"
  post "/logout", to: "home#logout"
end
Shop.initialize!

require "puma"
require "rack/handler/puma"
Rack::Handler::Puma.run(Shop, Host: "127.0.0.1", Port: ENV.fetch("PORT", "8000"), Silent: true, Threads: "0:2")
