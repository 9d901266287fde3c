// `decode` takes one frame of a field protocol apart, without a database: what the commissioning engineer copies from a bus.
import { parseArgs } from 'node:util'
import { PROTOCOLS, decodeHex, isProtocol } from '../modules/iot/codecs/index.ts'
import { EXIT, UsageError, type Out } from './command.ts'

export const name = 'decode'
export const summary_zh = '解析一帧设备报文,输出地址、控制码与数据(不需要数据库)'
export const usage = `decode --protocol <协议> --hex <报文>

  --protocol   ${PROTOCOLS.join('、')}
  --hex        一帧报文的十六进制,可带空格、前导 FE 和帧前的杂波;HJ 212 为文本的十六进制

  输出一个 JSON 对象:ok、reason(报文有误或设备拒绝的原因)、address、control(十六进制)、items(每项 id 数据标识、name、value、unit)。
  报文有误时 ok 为 false,没有 items。退出码:0 已解析(看 ok);2 用法错误。例如:
  npm run -s heyuan -- decode --protocol dlt645-2007 --hex "68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16"`

export function run(args: string[], _out: Out): Promise<number> {
  const { values } = parseArgs({ args, options: { protocol: { type: 'string' }, hex: { type: 'string' } } })
  if (!values.protocol || values.hex === undefined) throw new UsageError('要写 --protocol <协议> 与 --hex <报文>')
  if (!isProtocol(values.protocol)) throw new UsageError(`不认识的协议 ${values.protocol},可用:${PROTOCOLS.join('、')}`)
  // The object is the whole answer, with or without --json: scripts read it from a pipe. A wrong frame is an answer, not a failure of the command.
  process.stdout.write(`${JSON.stringify(decodeHex(values.protocol, values.hex))}\n`)
  return Promise.resolve(EXIT.ok)
}
