import { EXIT, UsageError, type Out } from './command.ts'
import { commands } from './registry.ts'

export const name = 'help'
export const summary_zh = '列出所有命令,或显示某个命令的用法'
export const usage = `help [命令]

  npm run heyuan -- help
  npm run heyuan -- help doctor`

export async function run(args: string[], out: Out): Promise<number> {
  const [wanted, ...more] = args
  if (more.length > 0) throw new UsageError('help 后面只能写一个命令。')
  if (wanted !== undefined) {
    const load = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined
    if (load === undefined) throw new UsageError(`没有命令“${wanted}”。`)
    const command = await load()
    out.line(`${command.summary_zh}\n\n用法:npm run heyuan -- ${command.usage}`)
    out.json({ name: command.name, summary_zh: command.summary_zh, usage: command.usage })
    return EXIT.ok
  }
  const all = await Promise.all(Object.values(commands).map((load) => load()))
  const widest = Math.max(...all.map((command) => command.name.length))
  out.line('用法:npm run heyuan -- <命令> [选项]\n')
  for (const command of all) out.line(`  ${command.name.padEnd(widest)}  ${command.summary_zh}`)
  out.line('\n数据不在默认位置时,先设环境变量 HEYUAN_DATA=文件夹(或 DATABASE_URL)。')
  out.line('每个命令都有 --help 与 --json。退出码:0 成功,1 被拒绝,2 用法不对,3 程序故障。')
  out.json(all.map((command) => ({ name: command.name, summary_zh: command.summary_zh, usage: command.usage })))
  return EXIT.ok
}
