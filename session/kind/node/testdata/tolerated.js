// Says whether sessions with times of any type count, by the libraries themselves. The first argument is the time, in milliseconds;
// the second a list of JSON texts, empty for a member that is not there. It writes, by kind, a list of { counts, cookie }.
'use strict'

const path = require('path')

const [now, values] = [Number(process.argv[2]), JSON.parse(process.argv[3])]
const RealDate = Date
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length ? args : [now]))
  }
  static now() {
    return now
  }
}

const member = (name, text) => (text ? `,"${name}":${text}` : '')

const succeeds = (run) => {
  try {
    return Boolean(run())
  } catch {
    return false
  }
}

// express-session loads a record, and touches it at the end of the answer.
const loads = (text) => {
  const store = new (require('express-session').Store)()
  return store.createSession({ sessionID: 'id', sessionStore: store }, JSON.parse(text)).touch()
}

const file = (text) => {
  const helpers = require('session-file-store/lib/session-file-helpers')
  return { counts: succeeds(() => !helpers.isExpired(JSON.parse(text), { ttl: 3600 }) && loads(text)) }
}

async function main() {
  const { ContextSession } = require(path.join(path.dirname(require.resolve('koa-session')), 'context.js'))
  const fastify = require('fastify')()
  fastify.register(require('@fastify/secure-session'), { key: Buffer.alloc(32, 1) })
  await fastify.ready()
  const { UnsecuredJWT } = require('jose')
  const encode = (text) => Buffer.from(text).toString('base64url')

  const kinds = {
    express: (value) => ({ counts: succeeds(() => loads(`{"cookie":{"originalMaxAge":null${member('expires', value)}}}`)) }),
    fileAge: (value) => file(`{"cookie":{"path":"/"${member('originalMaxAge', value)}},"__lastAccess":${now - 1000}}`),
    fileAccess: (value) => file(`{"cookie":{"originalMaxAge":1000}${member('__lastAccess', value)}}`),
    koa: (value) => ({
      counts: ContextSession.prototype.valid.call({ ctx: {}, opts: {}, emit() {} }, JSON.parse(`{"id":"42"${member('_expire', value)}}`)),
    }),
    fastify: (value) => {
      const stringify = JSON.stringify // which would not write every number, and sessions would date themselves
      JSON.stringify = () => `{"id":"42"${member('__ts', value)}}`
      const cookie = fastify.encodeSecureSession(fastify.createSecureSession({}))
      JSON.stringify = stringify
      return { counts: succeeds(() => fastify.decodeSecureSession(cookie)), cookie: encodeURIComponent(cookie) }
    },
  }
  for (const claim of ['exp', 'nbf', 'iat']) {
    kinds[claim] = (value) => ({
      counts: succeeds(() =>
        UnsecuredJWT.decode(`${encode('{"alg":"none"}')}.${encode(`{"sub":"42"${member(claim, value)}}`)}.`, { clockTolerance: 15 }),
      ),
    })
  }
  const verdicts = Object.entries(kinds).map(([kind, judge]) => [kind, values.map(judge)])
  process.stdout.write(JSON.stringify(Object.fromEntries(verdicts)))
}

main()
