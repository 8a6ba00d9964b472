# Writes session, a session in Ruby's Marshal format: ruby make.rb, in this folder.

require "bigdecimal"
require "set"

class Account
  def initialize(user) = (@user = user; @roles = [:admin, :editor])
end

class Dumped
  def initialize(value) = @value = value
  def marshal_dump = { value: @value }
end

class Words < Array; end

Point = Struct.new(:x, :y)
module Marked; end

name = 'José "Pepe" O\'Neil </script>'
cart = [{ sku: "A-1", qty: 2 }]
session = {
  "id" => 42,
  :name => name,
  "again" => name,
  "numbers" => [0, 1, 122, 123, 255, 256, 65_536, -1, -123, -124, -256, -257, 2**30 - 1, 2**30, -(2**30),
                2**62, -(2**64), 2**100],
  "floats" => [0.0, 1.5, -2.0e-10, Float::INFINITY],
  "flags" => [nil, true, false],
  "latin" => "José".encode("ISO-8859-1"),
  "binary" => "\x00\xff".b,
  "symbol" => :"José",
  "time" => Time.at(1_709_208_000).utc,
  "after_time" => name,
  "cart" => cart,
  "same_cart" => cart,
  "account" => Account.new({ "id" => 7 }),
  "dumped" => Dumped.new("x"),
  "after_dumped" => name,
  "words" => Words.new(["a"]),
  "point" => Point.new(1, "y"),
  "set" => Set[1],
  "default" => Hash.new("none").merge("a" => 1),
  "decimal" => BigDecimal("1.5"),
  "regexp" => /a+/i,
  "class" => String,
  "marked" => "m".dup.extend(Marked),
  "rational" => 1r / 3,
  "last" => name,
}
File.binwrite("session", Marshal.dump(session))
