// Every command, one line each; a file is loaded only when it is asked for (help loads all).
import type { Command } from './command.ts'

export const commands: Record<string, () => Promise<Command>> = {
  help: () => import('./help.ts'),
  doctor: () => import('./doctor.ts'),
  migrate: () => import('./migrate.ts'),
  user: () => import('./user.ts'),
  authority: () => import('./authority.ts'),
  verify: () => import('./verify.ts'),
  backup: () => import('./backup.ts'),
  restore: () => import('./restore.ts'),
  rebuild: () => import('./rebuild.ts'),
  import: () => import('./import.ts'),
  quote: () => import('./quote.ts'),
  decode: () => import('./decode.ts'),
  certs: () => import('./certs.ts'),
  sim: () => import('./sim.ts'),
  bench: () => import('./bench.ts'),
}
