// What a command of `npm run heyuan -- <command>` is.

export interface Out {
  /** For people; silent under --json. */
  line(text?: string): void
  /** The one JSON answer; silent without --json. */
  json(value: unknown): void
  is_json: boolean
  /** False in scripts and pipes: never ask, say which flag is missing. */
  may_ask: boolean
}

export interface Command {
  name: string
  summary_zh: string
  /** The text behind --help: first line the synopsis, then options and an example. */
  usage: string
  /** 0 done, 1 refused. Wrong usage and faults are thrown. */
  run(args: string[], out: Out): Promise<number>
}

export const EXIT = { ok: 0, refused: 1, usage: 2, fault: 3 } as const

/** Exit code 2: the person typed something this command does not take. */
export class UsageError extends Error {}

/** Exit code 1: understood, but not possible now; the text says why and what to do. */
export class RefusedError extends Error {}

export function isUsageError(error: unknown): boolean {
  if (error instanceof UsageError) return true
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

/** node:util words its complaints in English. */
export function usageText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const option = /'([^']*)'/.exec(text)?.[1] ?? ''
  if (text.startsWith('Unknown option')) return `不认识的选项 ${option}`
  if (text.startsWith('Unexpected argument')) return `多余的参数“${option}”`
  if (/argument missing|ambiguous/.test(text)) return `选项 ${option} 后面要写一个值`
  if (/does not take an argument/.test(text)) return `选项 ${option} 后面不能写值`
  return text
}
