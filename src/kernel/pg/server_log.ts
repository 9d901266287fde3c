// The server writes straight into one file that it and we hold open for append: it goes on when we die, and it can be bounded
// by copying aside and truncating.
import { chmodSync, closeSync, copyFileSync, fstatSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { StartupProblem, explainFileError } from './problem.ts'

const LIMIT = 10 * 1024 * 1024

export interface ServerLog {
  fd: number
  /** What was written since this opening, its end. */
  tail(): string
  close(): void
}

function rotate(path: string): void {
  try {
    if (statSync(path).size < LIMIT) return
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
  } catch {
    // a full disk or a removed file: the next round tries again
  }
}

export function openServerLog(path: string): ServerLog {
  rotate(path)
  let fd: number
  try {
    fd = openSync(path, 'a', 0o600)
    chmodSync(path, 0o600) // statements in error messages may carry personal data
  } catch (error) {
    throw explainFileError(error, path)
  }
  const begin = fstatSync(fd).size
  const timer = setInterval(() => rotate(path), 30_000)
  timer.unref()
  return {
    fd,
    tail() {
      try {
        return readFileSync(path).subarray(begin).toString().slice(-6_000)
      } catch {
        return ''
      }
    },
    close() {
      clearInterval(timer)
      closeSync(fd)
    },
  }
}

const REASONS: [RegExp, string, string][] = [
  [/No space left on device/, '磁盘已满,数据库无法启动。', '清理磁盘后再启动;数据没有丢失。'],
  [/could not map anonymous shared memory|Cannot allocate memory/, '内存不足,数据库无法启动。', '关闭其他程序,或在数据文件夹的 local.conf 里写 shared_buffers = 32MB。'],
  [/pre-existing shared memory block/, '上次的数据库还有进程没有退出。', '稍等一分钟再启动;仍不行时重新启动机器。'],
  [/could not bind.*Address already in use|could not create any TCP/, '数据库要用的端口已被占用。', '换一个端口,或不指定端口(默认只用本机套接字)。'],
  [/has group or world access|has wrong ownership/, '数据库文件夹的所有者或权限被改过。', '让运行数据库的用户重新拥有它,并执行 chmod 700。'],
  [/invalid checkpoint record|could not locate a valid checkpoint|invalid page/, '数据库文件已损坏,无法恢复。', '不要删除任何文件;用最近的备份恢复:npm run heyuan -- restore'],
  [/invalid value for parameter|unrecognized configuration parameter|syntax error in file/, '数据库参数文件有误。', '检查数据文件夹里的 local.conf(或 postgresql.auto.conf)。'],
]

export function explainServerLog(tail: string, path: string): StartupProblem {
  for (const [pattern, what, way_out] of REASONS) if (pattern.test(tail)) return new StartupProblem(what, `${way_out}(日志:${path})`)
  const last = tail.split('\n').filter((line) => /FATAL|PANIC|ERROR|error/.test(line)).slice(-2).join(' / ')
  return new StartupProblem(`数据库没有启动成功。${last}`, `查看日志 ${path};仍无法解决时把其中最后几十行发给维护者。`)
}
