// Readable lines in one terminal: who says it, and what.

const NAME_WIDTH = 10
const LINE_LIMIT = 2_000
// Plain when the output is a file; colours only help a person.
const coloured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined

function width(text: string): number {
  let sum = 0
  for (const char of text) sum += char.charCodeAt(0) > 0x2e7f ? 2 : 1
  return sum
}

const paint = (code: number, text: string): string => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)

export function prefix(name: string): string {
  return paint(36, name + ' '.repeat(Math.max(0, NAME_WIDTH - width(name)))) + paint(90, '│ ')
}

const LEVELS: Record<string, string> = { error: paint(31, '错误 '), warn: paint(33, '注意 '), fatal: paint(31, '错误 ') }

/** Children write one JSON object a line; a person reads time, level, what, and the rest as name=value. */
export function readable(line: string): string {
  if (line.startsWith('{"')) {
    try {
      const { at, level, what, msg, time, ...rest } = JSON.parse(line) as Record<string, unknown>
      if (what !== undefined || msg !== undefined) {
        const clock = typeof at === 'string' ? `${paint(90, localClock(at))} ` : ''
        const others = Object.entries(rest).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        void time
        return `${clock}${LEVELS[String(level)] ?? ''}${String(what ?? msg)} ${paint(90, others.join(' '))}`.trimEnd().slice(0, LINE_LIMIT)
      }
    } catch {
      // not JSON after all
    }
  }
  return line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT)} …` : line
}

function localClock(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : at.toTimeString().slice(0, 8)
}

export function sayAs(name: string): (line: string) => void {
  const head = prefix(name)
  return (line) => process.stdout.write(`${head}${line}\n`)
}

/** Cuts a stream into lines; a line without end is cut at the limit, so a runaway child cannot fill our memory. */
export function lineReader(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  const decoder = new TextDecoder()
  let rest = ''
  return {
    push(chunk) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) if (part.trim() !== '') onLine(part.trimEnd())
      if (rest.length > 64 * 1024) {
        onLine(rest)
        rest = ''
      }
    },
    end() {
      if (rest.trim() !== '') onLine(rest)
      rest = ''
    },
  }
}
