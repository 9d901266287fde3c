// `certs` makes what MQTT and HTTP over TLS need in a closed network: an authority for the devices and a certificate of the gateway, in the data folder, where the gateway finds them.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { dayOf } from '../kernel/clock.ts'
import { TLS_FILES } from '../modules/iot/server/gateway/tls.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'
import { issue, makeAuthority, type Pair } from './certificates.ts'

export const name = 'certs'
export const summary_zh = '为设备加密接入(MQTT、HTTP over TLS)生成自签 CA 与网关证书'
export const usage = `certs --data <数据文件夹> --host <域名或 IP> [--host …] [--days 825] [--renew]

  --data    数据文件夹(npm start 提示的那个);证书写到其中的 tls/
  --host    设备用来连接网关的域名或 IP,可以写几个;设备核对的就是它
  --days    网关证书有效天数,默认 825(1 到 3650)
  --renew   换发网关证书:CA 不变,设备不用动;网关自己发现新证书,不用重启

  只用于没有公认证书的封闭网络。有公认 CA 的证书时,把文件放到 tls/${TLS_FILES.cert}、tls/${TLS_FILES.key},或用 HEYUAN_TLS_CERT、HEYUAN_TLS_KEY 指定。
  ca.crt 装进设备;ca.key 只用于换发,请另行保管,不要外传。例如:
  npm run heyuan -- certs --data .heyuan --host 192.168.1.10 --host gw.example.cn`

const HOST = /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$|^[0-9a-fA-F:]{2,39}$/
/** Whole at once: the gateway may be reading. */
function write(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}
export async function run(args: string[], out: Out): Promise<number> {
  const { values } = parseArgs({ args, options: { data: { type: 'string' }, host: { type: 'string', multiple: true }, days: { type: 'string' }, renew: { type: 'boolean' } } })
  const hosts = [...new Set(values.host ?? [])]
  if (!values.data || hosts.length === 0) throw new UsageError('要写 --data <数据文件夹> 与 --host <域名或 IP>')
  if (hosts.length > 20) throw new UsageError('--host 最多 20 个')
  const odd = hosts.find((h) => !HOST.test(h))
  if (odd !== undefined) throw new UsageError(`--host ${odd} 不是域名或 IP(不带 http://、端口和路径)`)
  const days = Number(values.days ?? '825')
  if (!Number.isInteger(days) || days < 1 || days > 3650) throw new UsageError('--days 应是 1 到 3650 的整数')
  const data = resolve(values.data)
  if (!existsSync(data)) throw new RefusedError(`没有文件夹 ${data},请核对 npm start 提示的数据文件夹`)
  const dir = join(data, 'tls')
  const at = (file: string): string => join(dir, file)
  const has = existsSync(at(TLS_FILES.cert))
  if (has && !values.renew) throw new RefusedError(`${at(TLS_FILES.cert)} 已存在;换发请加 --renew`)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const now = Date.now()
  let authority: Pair
  if (existsSync(at('ca.crt')) && existsSync(at('ca.key'))) authority = { cert: readFileSync(at('ca.crt'), 'utf8'), key: readFileSync(at('ca.key'), 'utf8') }
  else if (has) throw new RefusedError(`${dir} 里没有 ca.crt 和 ca.key,不能换发:网关证书不是由本命令生成的,请向签发者换发`)
  else {
    authority = await makeAuthority('Heyuan device CA', now)
    write(at('ca.key'), authority.key, 0o600)
    write(at('ca.crt'), authority.cert, 0o644)
  }
  const pair = await issue(authority, hosts, now, days)
  // The key first: until the certificate is there too the gateway sees that they do not belong together, and goes on with what it has.
  write(at(TLS_FILES.key), pair.key, 0o600)
  write(at(TLS_FILES.cert), pair.cert, 0o644)
  const until = dayOf(new Date(now + days * 86_400_000).toISOString())
  out.line(`已生成 ${at(TLS_FILES.cert)}(${hosts.join('、')},有效至 ${until})`)
  out.line(`请把 ${at('ca.crt')} 装进设备;网关在半分钟内启用,地址见「智能设备 → 网关与接入」`)
  out.json({ cert: at(TLS_FILES.cert), key: at(TLS_FILES.key), ca: at('ca.crt'), hosts, valid_until: until })
  return EXIT.ok
}
