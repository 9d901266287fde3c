// Empty database to the current schema; the bar is 10 s.
import type { Figure } from '../tools/bench.ts'
import { migrate } from '../src/kernel/migrate.ts'

export async function run({ url }: { url: string; size: number }): Promise<Figure[]> {
  const t = performance.now()
  await migrate(url)
  const value = Math.round(performance.now() - t) / 1000
  return [{ bench: 'schema.migrate_s', size: 1, value, unit: 's', limit: 10, ratio: value / 10 }]
}
