// Which ports are free.
import { createServer, connect } from 'node:net'
import { StartupProblem, errorCode } from '../../kernel/pg/problem.ts'

const TRIES = 10

export function tryListen(port: number, host?: string): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', (error) => done(errorCode(error) ?? 'error'))
    // Without a host both IPv6 and IPv4 are tried, so a listener on either counts.
    server.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) }, () => server.close(() => done(undefined)))
  })
}

export async function choosePort(wanted: number, log: (line: string) => void, avoid: number[] = []): Promise<number> {
  for (let port = wanted; port <= Math.min(wanted + TRIES, 65_535); port++) {
    if (avoid.includes(port)) continue
    const failure = await tryListen(port)
    if (failure === undefined) {
      if (port !== wanted) log(`端口 ${wanted} 已被别的程序占用,改用 ${port}。(要固定端口:npm start -- --port N)`)
      return port
    }
    if (failure === 'EACCES') {
      throw new StartupProblem(`没有权限使用端口 ${port}(1024 以下需要管理员)。`, '换一个端口:npm start -- --port 8080;对外的 80 / 443 请用 nginx 等转发。')
    }
  }
  throw new StartupProblem(`端口 ${wanted} 至 ${Math.min(wanted + TRIES, 65_535)} 都被占用。`, '关闭占用的程序,或换一个端口:npm start -- --port 9090')
}

export function canConnect(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 })
    const finish = (answer: boolean): void => {
      socket.destroy()
      done(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
    socket.once('timeout', () => finish(false))
  })
}
