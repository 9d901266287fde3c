// Once per run: a throw-away PostgreSQL and a migrated template database that each test file clones.
// Two files run at a time, some with three applications of twelve connections, and those of the file before may still be closing: hence 120.
// HEYUAN_TEST_DATABASE_URL uses a running server instead (a superuser's URL), for example an outside PostgreSQL 15.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../src/kernel/migrate.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outside = process.env['HEYUAN_TEST_DATABASE_URL']
  const server = outside ? null : await (await import('../src/kernel/pg/embedded.ts')).startEmbedded({ log: () => {}, ephemeral: true, settings: { max_connections: '120' } })
  const base = outside ?? server!.url
  const template = `heyuan_template_${randomBytes(4).toString('hex')}`
  await onServer(base, `create database ${template}`)
  await migrate(withDatabase(base, template))
  project.provide('serverUrl', base)
  project.provide('template', template)
  return async () => {
    if (outside) await onServer(base, `drop database if exists ${template} with (force)`)
    await server?.stop()
  }
}

export function withDatabase(url: string, name: string): string {
  // A socket URL has no host, which URL cannot parse: replace the path part by hand.
  return url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`)
}
export async function onServer(url: string, sql: string): Promise<void> {
  const c = new pg.Client({ connectionString: withDatabase(url, 'postgres') })
  await c.connect()
  try {
    await c.query(sql)
  } finally {
    await c.end()
  }
}

declare module 'vitest' {
  export interface ProvidedContext {
    serverUrl: string
    template: string
  }
}
