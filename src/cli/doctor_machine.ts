// The machine's half of `doctor`.
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Finding } from '../kernel/pg/outside.ts'
import { readHolder } from '../kernel/pg/lock.ts'
import { heyuanDir, isRoot, nearestExisting, projectRoot } from '../kernel/pg/place.ts'
import { tryListen } from './start/ports.ts'

export type { Finding }

const GB = 1024 ** 3

export async function checkNode(): Promise<Finding[]> {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= 24) return [{ level: 'ok', what: `Node ${process.versions.node}` }]
  return [{ level: 'problem', what: `Node ${process.versions.node} 太旧,需要 24。`, way_out: '用 npm run heyuan 运行(会自动使用随附的 Node 24),或安装 Node 24。' }]
}

export async function checkData(): Promise<Finding[]> {
  const dir = heyuanDir()
  const at = nearestExisting(dir)
  const findings: Finding[] = []
  try {
    accessSync(at, constants.W_OK | constants.X_OK)
    findings.push({ level: 'ok', what: `数据文件夹可写:${dir}` })
  } catch {
    const way_out = `sudo chown -R "$(id -un)" "${at}",或换位置:npm start -- --data ~/heyuan-data`
    findings.push({ level: 'problem', what: `数据文件夹不可写:${dir}`, way_out })
  }
  const disk = statfsSync(at)
  const free = (disk.bavail * disk.bsize) / GB
  const what = `磁盘剩余 ${free.toFixed(1)} GB`
  if (free < 1) findings.push({ level: 'problem', what: `${what},数据库随时可能停下。`, way_out: '清理磁盘,或换到更大的磁盘:npm start -- --data /大磁盘/heyuan-data' })
  else if (free < 5) findings.push({ level: 'warning', what: `${what},偏少。`, way_out: '建议至少 10 GB。' })
  else findings.push({ level: 'ok', what })
  if (isRoot()) {
    findings.push({ level: 'warning', what: '正以 root 运行;数据库会自动改用 nobody。', way_out: '正式使用建议建立专用用户:useradd -m heyuan' })
  }
  return findings
}

/** A container's own limit counts, not the machine's memory. */
function memoryLimit(): number {
  for (const path of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    try {
      const limit = Number.parseInt(readFileSync(path, 'utf8'), 10)
      if (limit > 0) return Math.min(limit, totalmem())
    } catch {
      // not this kind of system
    }
  }
  return totalmem()
}

export async function checkMemory(): Promise<Finding[]> {
  const total = memoryLimit() / GB
  const what = `内存 ${total.toFixed(1)} GB(空闲 ${(freemem() / GB).toFixed(1)} GB)`
  if (total < 0.9) return [{ level: 'problem', what: `${what},不够。`, way_out: '至少需要 1 GB,建议 2 GB。' }]
  if (total < 1.9) return [{ level: 'warning', what: `${what},偏少。`, way_out: '建议 2 GB 以上。' }]
  return [{ level: 'ok', what }]
}

export async function checkFonts(): Promise<Finding[]> {
  const font = join(projectRoot, 'node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf')
  if (existsSync(font)) return [{ level: 'ok', what: '打印用的中文字体已随附(Noto Sans SC)' }]
  return [{ level: 'problem', what: '缺少打印用的中文字体,单据会印成方框。', way_out: '重新安装依赖:删除 node_modules 后再运行任意命令。' }]
}

export async function checkPort(): Promise<Finding[]> {
  const holder = readHolder(join(heyuanDir(), 'heyuan.lock'))
  if (holder !== undefined) {
    const port = holder.note['port']
    return [{ level: 'ok', what: `和院正在运行(进程号 ${holder.pid}${port === undefined ? ',启动中' : `,http://localhost:${port}/admin/`})` }]
  }
  const port = Number.parseInt(process.env['HEYUAN_PORT'] ?? '8080', 10)
  const failure = await tryListen(port)
  if (failure === undefined) return [{ level: 'ok', what: `端口 ${port} 空闲` }]
  if (failure === 'EACCES') return [{ level: 'problem', what: `没有权限使用端口 ${port}。`, way_out: '换 1024 以上的端口:npm start -- --port 8080' }]
  return [{ level: 'warning', what: `端口 ${port} 已被别的程序占用。`, way_out: '启动时会自动改用下一个空闲端口;要固定端口:npm start -- --port N' }]
}
