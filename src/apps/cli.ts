// `npm run heyuan -- <command> [options]`
import { randomBytes } from 'node:crypto'
import { EXIT, RefusedError, isUsageError, usageText, type Command, type Out } from '../cli/command.ts'
import { commands } from '../cli/registry.ts'
import { StartupProblem, errorText } from '../kernel/pg/problem.ts'

function makeOut(is_json: boolean): Out {
  return {
    is_json,
    may_ask: process.stdin.isTTY === true && process.stdout.isTTY === true,
    line(text = '') {
      if (!is_json) process.stdout.write(`${text}\n`)
    },
    json(value) {
      if (is_json) process.stdout.write(`${JSON.stringify(value)}\n`)
    },
  }
}

function complain(out: Out, kind: 'refused' | 'usage' | 'fault', message: string, more: Record<string, string> = {}): number {
  if (out.is_json) process.stdout.write(`${JSON.stringify({ error: kind, message, ...more })}\n`)
  else {
    process.stderr.write(`✗ ${message}\n`)
    if (more['way_out'] !== undefined) process.stderr.write(`  办法:${more['way_out']}\n`)
  }
  return EXIT[kind]
}

async function runCommand(command: Command, args: string[], out: Out): Promise<number> {
  try {
    return await command.run(args, out)
  } catch (error) {
    if (isUsageError(error)) return complain(out, 'usage', usageText(error), { way_out: `npm run heyuan -- ${command.name} --help` })
    if (error instanceof StartupProblem) return complain(out, 'refused', error.message, { way_out: error.way_out })
    if (error instanceof RefusedError) return complain(out, 'refused', error.message)
    const id = randomBytes(4).toString('hex')
    if (error instanceof Error) process.stderr.write(`[${id}] ${error.stack}\n`)
    return complain(out, 'fault', `程序故障(编号 ${id}):${errorText(error)}`, { id })
  }
}

async function main(argv: string[]): Promise<number> {
  // What follows `--` belongs to the command as it is.
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const out = makeOut(own.includes('--json'))
  const wants_help = own.includes('--help') || own.includes('-h')
  const [name, ...rest] = [...own.filter((arg) => arg !== '--json' && arg !== '--help' && arg !== '-h'), ...(end < 0 ? [] : argv.slice(end))]
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (name === undefined || (load === undefined && wants_help)) return runCommand(await import('../cli/help.ts'), [], out)
  if (load === undefined) return complain(out, 'usage', `没有命令“${name}”。`, { way_out: 'npm run heyuan -- help' })
  if (wants_help) return runCommand(await import('../cli/help.ts'), [name], out)
  return runCommand(await load(), rest, out)
}

// A reader that has seen enough (`| head`) closes the pipe; the command still goes on to its end.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error
  })
// Not process.exit at once: a long answer into a pipe must be written out first.
process.exitCode = await main(process.argv.slice(2))
// A command that left a connection open still ends.
setTimeout(() => process.exit(), 3_000).unref()
