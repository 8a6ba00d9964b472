// A small site with the session library of your choice: npm install, then KIND=koa node site.js, then http://127.0.0.1:8000/.
//
// KIND is cookie-session, koa, iron, hapi, fastify, jwt, authjs or nextauth; PORT is taken from the environment too. COOKIES=next has iron and
// nextauth read cookies as by cookies() of Next.js. For authjs and
// nextauth people log in and out below /api/auth, as the libraries have it.
'use strict'

const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

const people = {
  ada: { id: '42', name: 'Ada Lovelace', email: 'ada@example.com' },
  jose: { id: 'u-7f3', name: 'José "Pepe" O\'Neil', email: 'jose@example.com' },
  big: { id: '44', name: 'Big', email: 'big@example.com', bio: 'x'.repeat(6000) } // too much for one cookie
}
const secret = 'a secret of the site, of 32 characters or more'

const known = ({ user, password }) => password === 'secret' && Object.hasOwn(people, user) ? people[user] : null
const body = async (req) => Buffer.concat(await req.toArray())
const form = (text) => Object.fromEntries(new URLSearchParams(text.toString()))

const forms = `<form action=/login method=post><input name=user value=ada><input name=password value=secret>
<button>Log in</button></form>
<form action=/logout method=post><button>Log out</button></form>`
const links = '<a href=/api/auth/signin>Log in</a> <a href=/api/auth/signout>Log out</a>'

function page(person, ways = forms) {
  const name = (person?.name || 'stranger').replace(/["&<>]/g, (c) => `&#${c.charCodeAt(0)};`)
  return `<!DOCTYPE html>
<html><head><meta charset=utf-8><title>Node</title></head><body><p>Hello, ${name}.
${ways}</body></html>
`
}

// load imports a file of a package that cannot be required, from where packages are found.
function load(file) {
  const folder = require.resolve.paths(file).find((dir) => fs.existsSync(path.join(dir, file)))
  if (!folder) throw new Error(`Cannot find module '${file}'`)
  return import(pathToFileURL(path.join(folder, file)))
}

// nextCookies are the cookies as Next.js has them: cookies() where COOKIES is next, and req.cookies elsewhere.
function nextCookies(req) {
  if (process.env.COOKIES !== 'next') return require('next/dist/server/api-utils/get-cookie-parser').getCookieParser(req.headers)()
  const { RequestCookies } = require('next/dist/compiled/@edge-runtime/cookies')
  const sent = new RequestCookies(new Headers(req.headers.cookie ? { cookie: req.headers.cookie } : {}))
  return Object.fromEntries(sent.getAll().map(({ name, value }) => [name, value]))
}

// nextStore is what cookies() of Next.js returns, as far as iron-session uses it.
function nextStore(req, res) {
  const { ResponseCookies } = require('next/dist/compiled/@edge-runtime/cookies')
  const sent = nextCookies(req)
  return {
    get: (name) => Object.hasOwn(sent, name) ? { name, value: sent[name] } : undefined,
    set(...cookie) {
      const headers = new Headers()
      new ResponseCookies(headers).set(...cookie)
      for (const line of headers.getSetCookie()) res.appendHeader('Set-Cookie', line)
    }
  }
}

// serve is a site of what a library does: user tells who is logged in, login and logout change that. Other paths have files.
function serve({ user, login, logout, files = {} }) {
  return http.createServer(async (req, res) => {
    const at = req.method + ' ' + new URL(req.url, 'http://site').pathname
    let person = null
    try {
      if (at === 'POST /login') {
        person = known(form(await body(req)))
        if (person) await login(req, res, person)
        else res.statusCode = 403
      } else if (at === 'POST /logout') await logout(req, res)
      else if (at === 'GET /') person = await user(req, res)
    } catch (err) {
      console.error(err)
      res.statusCode = 500
    }
    res.setHeader('Content-Type', files[at] ? 'application/json' : 'text/html')
    res.end(files[at] || page(person))
  })
}

const kinds = {
  'cookie-session'() {
    const session = require('cookie-session')({ keys: ['the new key', 'the key'] })
    const open = (req, res) => new Promise((resolve) => session(req, res, resolve))
    return serve({
      user: async (req, res) => {
        await open(req, res)
        return req.session.user
      },
      login: async (req, res, user) => {
        await open(req, res)
        req.session.user = user
      },
      logout: async (req, res) => {
        await open(req, res)
        req.session = null
      }
    })
  },

  koa() {
    const Koa = require('koa')
    const app = new (Koa.default || Koa)()
    app.keys = ['the new key', 'the key']
    app.use(require('koa-session').createSession({ maxAge: 3600e3 }, app))
    app.use(async (ctx) => {
      if (ctx.path === '/login' && ctx.method === 'POST') {
        ctx.session.user = known(form(await body(ctx.req)))
        if (!ctx.session.user) ctx.throw(403)
      }
      if (ctx.path === '/logout' && ctx.method === 'POST') ctx.session = null
      ctx.body = page(ctx.session?.user)
    })
    return http.createServer(app.callback())
  },

  iron() {
    const { getIronSession } = require('iron-session')
    const options = { cookieName: 'sid', password: secret, cookieOptions: { secure: false } }
    const open = (req, res) => process.env.COOKIES === 'next'
      ? getIronSession(nextStore(req, res), options)
      : getIronSession(req, res, options)
    return serve({
      user: async (req, res) => (await open(req, res)).user,
      login: async (req, res, user) => {
        const session = await open(req, res)
        session.user = user
        await session.save()
      },
      logout: async (req, res) => (await open(req, res)).destroy()
    })
  },

  async hapi() {
    const server = require('@hapi/hapi').server()
    await server.register(require('@hapi/cookie'))
    server.auth.strategy('session', 'cookie', { cookie: { name: 'sid', password: secret, path: '/', isSecure: false, isSameSite: 'Lax' } })
    server.auth.default({ strategy: 'session', mode: 'try' })
    server.route({ method: 'GET', path: '/', handler: (req) => page(req.auth.isAuthenticated && req.auth.credentials.user) })
    server.route({ method: 'POST', path: '/login', handler: (req, h) => {
      const user = known(req.payload)
      if (user) req.cookieAuth.set({ user })
      return h.response(page(user)).code(user ? 200 : 403)
    } })
    server.route({ method: 'POST', path: '/logout', handler: (req) => {
      req.cookieAuth.clear()
      return page(null)
    } })
    await server.initialize()
    return server.listener
  },

  async fastify() {
    const app = require('fastify')()
    await app.register(require('@fastify/secure-session'), { key: Buffer.alloc(32, 'k'), cookie: { path: '/' } })
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (req, text) => form(text))
    app.get('/', (req, reply) => reply.type('text/html').send(page(req.session.get('user'))))
    app.post('/login', (req, reply) => {
      const person = known(req.body)
      if (person) req.session.set('user', person)
      reply.code(person ? 200 : 403).type('text/html').send(page(person))
    })
    app.post('/logout', (req, reply) => {
      req.session.delete()
      reply.type('text/html').send(page(null))
    })
    await app.ready()
    return app.server
  },

  async jwt() {
    const jose = await load('jose/dist/webapi/index.js')
    const cookie = require('cookie')
    const { publicKey, privateKey } = await jose.generateKeyPair('ES256')
    const jwk = { ...await jose.exportJWK(publicKey), kid: 'key-1', alg: 'ES256', use: 'sig' }
    const asked = { issuer: 'http://site', audience: 'shop', algorithms: ['ES256'] }
    return serve({
      files: { 'GET /.well-known/jwks.json': JSON.stringify({ keys: [jwk] }) },
      user: (req) => jose.jwtVerify(cookie.parse(req.headers.cookie || '').token, publicKey, asked).then(({ payload }) => payload, () => null),
      login: async (req, res, user) => {
        const token = await new jose.SignJWT({ name: user.name, email: user.email }).setSubject(user.id)
          .setProtectedHeader({ alg: 'ES256', kid: 'key-1' }).setIssuer(asked.issuer).setAudience(asked.audience)
          .setIssuedAt().setExpirationTime('1h').sign(privateKey)
        res.setHeader('Set-Cookie', `token=${token}; Path=/; HttpOnly`)
      },
      logout: (req, res) => res.setHeader('Set-Cookie', 'token=; Path=/; Max-Age=0')
    })
  },

  async authjs() {
    const { Auth } = await load('@auth/core/index.js')
    const { default: Credentials } = await load('@auth/core/providers/credentials.js')
    const config = {
      ...authOptions(Credentials), basePath: '/api/auth', trustHost: true,
      secret: [secret], logger: { error: console.error, warn() {}, debug() {} }
    }
    return http.createServer(async (req, res) => {
      const own = req.url.startsWith('/api/auth/')
      const url = 'http://' + req.headers.host + (own ? req.url : '/api/auth/session')
      const sent = own && req.method === 'POST' ? await body(req) : undefined
      const answer = await Auth(new Request(url, { method: own ? req.method : 'GET', headers: req.headers, body: sent }), config)
      answer.headers.forEach((value, name) => name === 'set-cookie' ? res.appendHeader(name, value) : res.setHeader(name, value))
      const text = await answer.text()
      if (own) res.statusCode = answer.status
      else res.setHeader('Content-Type', 'text/html')
      res.end(own ? text : page(JSON.parse(text)?.user, links))
    })
  },

  nextauth() {
    const NextAuth = require('next-auth').default
    const { getToken } = require('next-auth/jwt')
    process.env.NEXTAUTH_URL ??= 'http://127.0.0.1'
    const options = { ...authOptions(require('next-auth/providers/credentials').default), secret }
    return http.createServer(async (req, res) => {
      const url = new URL(req.url, 'http://site')
      req.cookies = nextCookies(req)
      if (!url.pathname.startsWith('/api/auth/')) {
        res.setHeader('Content-Type', 'text/html')
        res.end(page(await getToken({ req, secret }), links))
        return
      }
      req.query = { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split('/').slice(3) }
      req.body = form(await body(req))
      res.status = (code) => Object.assign(res, { statusCode: code })
      res.json = (value) => res.end(JSON.stringify(value))
      res.send = (value) => res.end(typeof value === 'string' ? value : JSON.stringify(value))
      await NextAuth(req, res, options)
    })
  }
}

// authOptions are what Auth.js and NextAuth.js are both told.
function authOptions(Credentials) {
  return {
    providers: [Credentials({ credentials: { user: {}, password: {} }, authorize: known })],
    session: { strategy: 'jwt' },
    callbacks: { jwt: ({ token, user }) => user?.bio ? { ...token, bio: user.bio } : token }
  }
}

async function main({ KIND, PORT = 8000 }) {
  if (!kinds[KIND]) throw new Error('KIND is one of ' + Object.keys(kinds).join(', '))
  const server = await kinds[KIND]()
  server.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}`))
}

main(process.env)
