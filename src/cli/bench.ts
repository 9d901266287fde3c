import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../kernel/pg/place.ts'
import { RefusedError, type Out } from './command.ts'

export const name = 'bench'
export const summary_zh = '运行性能测试(自带数据库,不动现有数据)'
export const usage = `bench [名称] [--size N]

  与 npm run bench -- [名称] 相同;每项输出一行 JSON。例如:
  npm run heyuan -- bench billing.run --size 10000`

export function run(args: string[], _out: Out): Promise<number> {
  const script = join(projectRoot, 'tools/bench.ts')
  if (!existsSync(script)) throw new RefusedError('缺少 tools/bench.ts:代码不完整,请重新获取。')
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' })
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGTERM', pass)
  process.on('SIGINT', () => undefined) // the terminal sends it to the child as well
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code) => done(code ?? 3))
  })
}
