app.use(session({
  name: 'shop.sid', secret: process.env.SESSION_SECRET, store,
}))
