const collection = { collectionName: 'baskets' }
app.use(session({
  secret: process.env.SESSION_SECRET,
  store: MongoStore.create({
    mongoUrl: process.env.MONGODB_URI,
    collectionName: 'web.visits',
  }),
}))
