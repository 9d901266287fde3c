// What a person sees when everything runs.
import { networkInterfaces } from 'node:os'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../kernel/pg/place.ts'
import type { Mode } from './options.ts'

interface SampleAccount {
  role: string
  login: string
  how: string
}

const FACES: [string, string][] = [
  ['管理端', '/admin/'],
  ['业主端', '/resident/'],
  ['员工端', '/staff/'],
]

async function sampleAccounts(): Promise<SampleAccount[]> {
  const path = join(projectRoot, 'src/world/accounts.ts')
  if (!existsSync(path)) return []
  try {
    const loaded = (await import(pathToFileURL(path).href)) as { sampleAccounts?: SampleAccount[] }
    return loaded.sampleAccounts ?? []
  } catch {
    return [] // a sample list must never stop the product
  }
}

function neighbourAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && one.family === 'IPv4' && !one.internal)?.address
}

/** The server listens on this machine only unless HEYUAN_HOST says otherwise. */
function forNeighbours(port: number): string {
  const host = process.env['HEYUAN_HOST'] ?? '127.0.0.1'
  if (host === '127.0.0.1' || host === 'localhost' || host === '::1') return '  只有本机可以访问;要让同一网络的手机与电脑访问:HEYUAN_HOST=0.0.0.0 npm start'
  const address = neighbourAddress()
  return address === undefined ? '' : `  同一网络的手机与电脑:http://${address}:${port}/resident/ 等`
}

export interface BannerFacts {
  port: number
  mode: Mode
  data_root: string
  database: string
  seconds: number
  loading: boolean
}

export async function banner(facts: BannerFacts): Promise<string> {
  const lines = ['', `━━━ 和院已启动(${facts.seconds.toFixed(1)} 秒)${facts.mode === 'sample' ? ' · 样例安装' : ' · 正式安装'} ━━━`, '']
  for (const [name, path] of FACES) lines.push(`  ${name}  http://localhost:${facts.port}${path}`)
  lines.push(forNeighbours(facts.port))
  lines.push('', `  数据文件夹  ${facts.data_root}`, `  数据库      ${facts.database}`)
  const accounts = facts.mode === 'sample' ? await sampleAccounts() : []
  if (accounts.length > 0) lines.push('', '  样例账号(仅供试用)')
  for (const one of accounts) lines.push(`    ${one.role}:${one.login}  ${one.how}`)
  if (facts.mode === 'empty') lines.push('', '  第一次使用:打开管理端,建立公司与管理员(没有任何默认口令)')
  if (facts.loading) lines.push('', '  样例数据正在后台装入,期间可以照常使用;装完会在下面提示。')
  lines.push('', '  停止:按 Ctrl-C', '')
  return lines.join('\n')
}
