// An Express site in one file: npm install express@5 express-session@1 connect-redis@9 redis@6 connect-pg-simple@10
// session-file-store@1 connect-mongo@6 mongodb@6 passport@0.7, then node app.js, then http://127.0.0.1:8000/.
//
// PORT and SECRET are taken from the environment; REDIS, POSTGRES or MONGO, a URL, or FILES, a folder, says where the sessions are kept,
// without any of them in memory; MONGO_STORE is another library than connect-mongo, or another release of it, MONGO_OPTIONS more of its
// options, as JSON; PASSPORT=1 logs in by passport; FORGET=1 has nobody remembered when the browser is closed.
'use strict'

const express = require('express')
const session = require('express-session')

const people = { ada: { id: 42, name: 'Ada Lovelace' }, jose: { id: 43, name: 'José "Pepe" O\'Neil' } }

async function store() {
  if (process.env.REDIS) {
    const { RedisStore } = require('connect-redis')
    return new RedisStore({ client: await require('redis').createClient({ url: process.env.REDIS }).connect() })
  }
  if (process.env.POSTGRES) {
    const PostgresStore = require('connect-pg-simple')(session)
    return new PostgresStore({ conString: process.env.POSTGRES, createTableIfMissing: true })
  }
  if (process.env.MONGO) {
    const library = require(process.env.MONGO_STORE || 'connect-mongo')
    const options = { mongoUrl: process.env.MONGO, ...JSON.parse(process.env.MONGO_OPTIONS || '{}') }
    const MongoStore = library.MongoStore || library.default || library
    if (MongoStore.create) return MongoStore.create(options) // since release 4
    const complain = (err) => err && console.error(err.message)
    return new (MongoStore(session))({ url: options.mongoUrl, uri: options.mongoUrl, ...options }, complain)
  }
  if (process.env.FILES) {
    const FileStore = require('session-file-store')(session)
    return new FileStore({ path: process.env.FILES, logFn() {} })
  }
}

async function main() {
  const app = express()
  app.use(express.urlencoded({ extended: false }))
  const secret = process.env.SECRET || 'the secret of an example'
  app.use(session({ secret, resave: false, saveUninitialized: false, store: await store() }))

  let logIn = (req, person, done) => {
    req.session.user = person
    done()
  }
  if (process.env.PASSPORT) {
    const passport = require('passport')
    passport.serializeUser((user, done) => done(null, user.id))
    passport.deserializeUser((id, done) => done(null, Object.values(people).find((person) => person.id === id)))
    app.use(passport.session())
    logIn = (req, person, done) => req.login(person, done)
  }

  const home = (req, res) => {
    const person = req.user || req.session?.user
    const name = person ? person.name.replace(/["&<>]/g, (c) => `&#${c.charCodeAt(0)};`) : 'stranger'
    res.send(`<!DOCTYPE html>
<html><head><title>Express</title></head><body><p>Hello, ${name}.
<form action=/login method=post><input name=user value=ada><input name=password value=secret><button>Log in</button></form>
<form action=/logout method=post><button>Log out</button></form></body></html>
`)
  }
  app.get('/', home)
  app.post('/login', (req, res, next) => {
    const person = people[req.body.user]
    if (!person || req.body.password !== 'secret') return res.sendStatus(403)
    logIn(req, person, (err) => {
      if (err) return next(err)
      if (process.env.FORGET) req.session.cookie.expires = false // as the guides to passport have it for "remember me" without a tick
      req.session.save(() => home(req, res))
    })
  })
  app.post('/logout', (req, res) => req.session.destroy(() => res.clearCookie('connect.sid') && home({}, res)))
  app.listen(Number(process.env.PORT || 8000), '127.0.0.1')
}

main()
