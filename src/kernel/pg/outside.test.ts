import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded, type EmbeddedDatabase } from './embedded.ts'
import { inspectDatabase, openOutside, withoutPassword } from './outside.ts'

let database: EmbeddedDatabase
beforeAll(async () => {
  database = await startEmbedded({ ephemeral: true })
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query('create role guest login')
  await client.query("create database latin encoding 'LATIN1' locale 'C' locale_provider libc template template0")
  await client.end()
}, 120_000)
afterAll(() => database.stop())

test('a server that may lose payments is refused, with the statement that mends it', async () => {
  const { findings, version, identity } = await inspectDatabase(database.url)
  expect(version).toMatch(/^18\./)
  expect(identity).toMatch(/^\d+\/\d+$/)
  const ways = findings.filter((one) => one.level === 'problem').map((one) => one.way_out)
  expect(ways).toEqual(['fsync', 'full_page_writes', 'synchronous_commit'].map((name) => `用管理员执行:alter system set ${name} = on; select pg_reload_conf();`))
  await expect(openOutside(database.url, () => undefined)).rejects.toThrow(/断电会损坏整个数据库/)
})

test('wrong encoding and missing rights are named', async () => {
  const latin = await inspectDatabase(database.url.replace('/heyuan?', '/latin?'))
  expect(latin.findings.map((one) => one.what).join()).toContain('LATIN1')
  const guest = await inspectDatabase(database.url.replace('//heyuan@', '//guest@'))
  expect(guest.findings.map((one) => one.what).join()).toMatch(/不能在此数据库里建立结构.*heyuan_app/)
  // A role that another installation made: CREATEROLE alone does not open it since 16, the admin option does.
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query('create role heyuan_app nologin; alter role guest createrole')
  const refused = await inspectDatabase(database.url.replace('//heyuan@', '//guest@'))
  expect(refused.findings.find((one) => one.what.includes('不能使用它'))?.way_out).toContain('with admin option')
  await client.query('grant heyuan_app to guest with admin option')
  const good = await inspectDatabase(database.url.replace('//heyuan@', '//guest@'))
  await client.end()
  expect(good.findings.map((one) => one.what).join()).not.toContain('heyuan_app')
})

test('what cannot be reached is explained without the password', async () => {
  await expect(inspectDatabase('postgres://u:secret@127.0.0.1:1/x')).rejects.toThrow(/u:\*\*\*@127.0.0.1:1\/x:连接被拒绝/)
  await expect(inspectDatabase(database.url.replace('/heyuan?', '/nix?'))).rejects.toMatchObject({ way_out: expect.stringContaining('create database') })
  expect(withoutPassword('postgres://a:b@h/d')).toBe('postgres://a:***@h/d')
})
