// `npm run gen`: everything that is generated — database types, each module's schema.sql, data dictionary, OpenAPI — from a
// throw-away database at the newest migration. The access matrix is written by its test (tests/matrix.test.ts).
import { startEmbedded } from '../src/kernel/pg/embedded.ts'
import { migrate } from '../src/kernel/migrate.ts'
import { genFromDatabase } from './gen_types.ts'
import { genOpenApi } from './gen_openapi.ts'
import { genTariffs } from './gen_tariffs.ts'

const server = await startEmbedded({ log: () => {}, ephemeral: true })
try {
  await migrate(server.url)
  await genFromDatabase(server.url)
  genOpenApi()
  genTariffs()
} finally {
  await server.stop()
}
