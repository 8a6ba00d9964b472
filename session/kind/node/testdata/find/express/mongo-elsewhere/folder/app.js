const store = new MongoDBStore({ uri: config.mongo, databaseName: 'visits', collection: 'sessions' })
app.use(session({ secret: config.secret, store }))
