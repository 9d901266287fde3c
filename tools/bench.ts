// `npm run bench [-- name] [--size N] [--minutes N] [--url postgres://…]`: starts its own database, or makes databases of its own on the server of
// `url` (on this machine, by a superuser) and drops them. Prints JSON lines, each figure with the limit measured in the same run. Ratios are results,
// absolute values are notes. A run without a name does all of them small.
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../src/kernel/pg/embedded.ts'
import { migrate } from '../src/kernel/migrate.ts'
import { onServer, withDatabase } from '../tests/global.ts'

export interface Figure {
  bench: string
  size: number
  value: number
  unit: string
  /** What the same run measured as the bound, or the bar of design.md 5 where the bound is a fixed number. */
  limit: number
  ratio: number
  load?: number
  note?: string
}
export interface BenchRun {
  run: (o: { url: string; size: number; minutes?: number }) => Promise<Figure[]>
}

const files: { names: string[]; size: number; file: string; own?: boolean }[] = [
  { names: ['schema.migrate_s'], size: 1, file: '../bench/schema.ts', own: true },
  { names: ['billing.run', 'billing.rerun'], size: 20_000, file: '../bench/billing_run.ts' },
  { names: ['list.bills', 'list.bills_10x'], size: 20_000, file: '../bench/list_bills.ts' },
  { names: ['tariff.compare'], size: 10_000, file: '../bench/tariff_compare.ts' },
  { names: ['tariff.parking_quote'], size: 2000, file: '../bench/tariff_parking.ts', own: true },
  { names: ['settle.callback', 'settle.replay'], size: 4000, file: '../bench/settle.ts' },
  { names: ['orders.create', 'orders.list'], size: 20_000, file: '../bench/orders.ts' },
  { names: ['rounds.plan', 'rounds.board'], size: 100, file: '../bench/rounds.ts' },
  { names: ['plate.decision', 'plate.beside', 'plate.replay'], size: 1000, file: '../bench/plate.ts' },
  { names: ['video.first_picture_webrtc', 'video.first_picture_mse'], size: 20, file: '../bench/first_picture.ts' },
  { names: ['video.wall_webrtc', 'video.wall_mse', 'video.wall_cpu'], size: 6, file: '../bench/wall.ts' },
  { names: ['door.command_p95_ms', 'door.revoke_s'], size: 200, file: '../bench/door.ts' },
  { names: ['outbox.send'], size: 500, file: '../bench/outbox.ts' },
  { names: ['ingest.points_s', 'ingest.sustained'], size: 20_000, file: '../bench/ingest.ts' },
  { names: ['soak.wrong'], size: 1, file: '../bench/soak.ts', own: true },
  { names: ['history.day_ms'], size: 1_440_000, file: '../bench/history.ts' },
  { names: ['import.houses_1200_s', 'import.rows_s', 'import.rows_mb'], size: 20_000, file: '../bench/import_rows.ts' },
  { names: ['arrears.community_ms', 'stats.community_ms', 'stats.collection_ms', 'stats.company_ms', 'verify.s'], size: 36_000, file: '../bench/arrears.ts' },
  { names: ['export.rows_mb'], size: 100_000, file: '../bench/export_rows.ts' },
  { names: ['start.first_page_s', 'start.idle_mb'], size: 1, file: '../bench/start.ts', own: true },
  { names: ['faces.resident_kb', 'faces.staff_kb', 'faces.admin_kb'], size: 1, file: '../bench/faces.ts', own: true },
]

export async function bench(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: { size: { type: 'string' }, minutes: { type: 'string' }, url: { type: 'string' } }, allowPositionals: true })
  const chosen = positionals.length ? files.filter((f) => f.names.some((n) => positionals.some((p) => n.startsWith(p)))) : files
  if (chosen.length === 0) {
    console.error(`没有这项基准。可用: ${files.flatMap((f) => f.names).join(' ')}`)
    return 2
  }
  process.env['HEYUAN_LOG'] = 'quiet'
  // Durable, as in production: a figure with fsync off would be a lie.
  const server = values.url ? { url: values.url, stop: async () => {} } : await startEmbedded({ log: () => {}, ephemeral: true, settings: { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', shared_buffers: '512MB', max_wal_size: '4GB' } })
  try {
    let n = 0
    for (const f of chosen) {
      const name = `heyuan_bench_${n++}`
      await onServer(server.url, `drop database if exists ${name} with (force)`)
      await onServer(server.url, `create database ${name}`)
      const url = withDatabase(server.url, name)
      if (!f.own) await migrate(url)
      const { run } = (await import(f.file)) as BenchRun
      for (const row of await run({ url, size: values.size ? Number(values.size) : f.size, ...(values.minutes ? { minutes: Number(values.minutes) } : {}) })) console.log(JSON.stringify({ ...row, load: row.load ?? Math.round(loadavg()[0]! * 100) / 100 }))
      await onServer(server.url, `drop database ${name} with (force)`)
    }
  } finally {
    await server.stop()
  }
  return 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await bench(process.argv.slice(2)))
