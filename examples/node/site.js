// A small site with the session library of your choice:
//
//	npm install && node site.js cookie-session|koa|iron|fastify|jwt|authjs|nextauth [port]
//
// It prints its address. /login?user=ada logs in as ada, jose or big, /logout logs out, / says who is logged in. For authjs
// and nextauth these two are below /api/auth, as the libraries have them.
'use strict'

const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

const people = {
  ada: { id: '42', name: 'Ada Lovelace', email: 'ada@example.com' },
  jose: { id: 'u-7f3', name: 'José "Pepe" O\'Neil </script>', email: 'jose.oneil+chat@example.com' },
  big: { id: '44', name: 'Big', email: 'big@example.com', bio: 'x'.repeat(6000) } // too much for one cookie
}
const secret = 'a secret of the site, of 32 characters or more'

// load imports a file of a package that cannot be required, from where packages are found.
function load(file) {
  const folder = require.resolve.paths(file).find((dir) => fs.existsSync(path.join(dir, file)))
  if (!folder) throw new Error(`Cannot find module '${file}'`)
  return import(pathToFileURL(path.join(folder, file)))
}

// serve answers /login, /logout and / with what a library makes of them, and other paths with files.
function serve({ user, login, logout, files = {} }) {
  return http.createServer(async (req, res) => {
    const url = new URL(req.url, 'http://site')
    if (url.pathname === '/login') await login(req, res, people[url.searchParams.get('user')])
    if (url.pathname === '/logout') await logout(req, res)
    const person = url.pathname === '/' && await user(req, res)
    res.end(files[url.pathname] || (person ? person.name : 'nobody'))
  })
}

const cookies = (req) => Object.fromEntries((req.headers.cookie || '').split('; ').map((c) => c.split(/=(.*)/s)))

const kinds = {
  'cookie-session'() {
    const session = require('cookie-session')({ keys: ['the new key', 'the key'] })
    return http.createServer((req, res) => session(req, res, () => {
      const url = new URL(req.url, 'http://site')
      if (url.pathname === '/login') req.session.user = people[url.searchParams.get('user')]
      if (url.pathname === '/logout') req.session = null
      res.end(req.session?.user?.name || 'nobody')
    }))
  },

  koa() {
    const Koa = require('koa')
    const app = new (Koa.default || Koa)()
    app.keys = ['the new key', 'the key']
    app.use(require('koa-session').createSession({ maxAge: 3600e3 }, app))
    app.use((ctx) => {
      if (ctx.path === '/login') ctx.session.user = people[ctx.query.user]
      if (ctx.path === '/logout') ctx.session = null
      ctx.body = ctx.session?.user?.name || 'nobody'
    })
    return http.createServer(app.callback())
  },

  iron() {
    const { getIronSession } = require('iron-session')
    const open = (req, res) => getIronSession(req, res, { cookieName: 'sid', password: secret, cookieOptions: { secure: false } })
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

  async fastify() {
    const app = require('fastify')()
    await app.register(require('@fastify/secure-session'), { key: Buffer.alloc(32, 'k'), cookie: { path: '/' } })
    app.get('/', (req) => req.session.get('user')?.name || 'nobody')
    app.get('/login', (req) => {
      req.session.set('user', people[req.query.user])
      return ''
    })
    app.get('/logout', (req) => {
      req.session.delete()
      return ''
    })
    await app.ready()
    return app.server
  },

  async jwt() {
    const jose = await load('jose/dist/webapi/index.js')
    const { publicKey, privateKey } = await jose.generateKeyPair('ES256')
    const jwk = { ...await jose.exportJWK(publicKey), kid: 'key-1', alg: 'ES256', use: 'sig' }
    const asked = { issuer: 'http://site', audience: 'shop', algorithms: ['ES256'] }
    return serve({
      files: { '/.well-known/jwks.json': JSON.stringify({ keys: [jwk] }) },
      user: (req) => jose.jwtVerify(cookies(req).token, publicKey, asked).then(({ payload }) => payload, () => null),
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
      const body = own && req.method === 'POST' ? Buffer.concat(await req.toArray()) : undefined
      const answer = await Auth(new Request(url, { method: own ? req.method : 'GET', headers: req.headers, body }), config)
      res.statusCode = own ? answer.status : 200
      answer.headers.forEach((value, name) => name === 'set-cookie' ? res.appendHeader(name, value) : res.setHeader(name, value))
      const text = await answer.text()
      res.end(own ? text : JSON.parse(text)?.user?.name || 'nobody')
    })
  },

  nextauth() {
    const NextAuth = require('next-auth').default
    const { getToken } = require('next-auth/jwt')
    process.env.NEXTAUTH_URL ??= 'http://127.0.0.1'
    const options = { ...authOptions(require('next-auth/providers/credentials').default), secret }
    return http.createServer(async (req, res) => {
      const url = new URL(req.url, 'http://site')
      req.cookies = cookies(req)
      for (const name in req.cookies) req.cookies[name] = decodeURIComponent(req.cookies[name])
      if (!url.pathname.startsWith('/api/auth/')) {
        res.end((await getToken({ req, secret }))?.name || 'nobody')
        return
      }
      req.query = { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split('/').slice(3) }
      req.body = Object.fromEntries(new URLSearchParams(Buffer.concat(await req.toArray()).toString()))
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
    providers: [Credentials({ credentials: { user: {} }, authorize: ({ user }) => people[user] || null })],
    session: { strategy: 'jwt' },
    callbacks: { jwt: ({ token, user }) => user?.bio ? { ...token, bio: user.bio } : token }
  }
}

async function main([kind, port = 0]) {
  if (!kinds[kind]) throw new Error('usage: node site.js ' + Object.keys(kinds).join('|') + ' [port]')
  const server = await kinds[kind]()
  server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
}

main(process.argv.slice(2))
