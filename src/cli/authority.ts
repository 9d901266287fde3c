// A government authority (主管部门) on this installation: a tenant of its own kind, made here and not by a public call, as whoever runs the installation answers for it.
import { parseArgs } from 'node:util'
import { nowIso, dayOf } from '../kernel/clock.ts'
import { inTransaction } from '../kernel/db.ts'
import { heyuanDir } from '../kernel/pg/place.ts'
import { Refusal } from '../kernel/refuse.ts'
import { Scope } from '../kernel/scope.ts'
import { problemOf } from '../kernel/serve.ts'
import { commandLine, currentSchema } from './acting.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'
import { withDatabase } from './with_database.ts'

export const name = 'authority'
export const summary_zh = '主管部门:在本安装上开设住建局、街道等监管单位'
export const usage = `authority add 登录名 --name 单位全称 [--short 简称] [--admin 管理员姓名] [--json]

  开设一个主管部门和它的第一个管理员。主管部门只看得到监管页面:
  自己的辖区、登记、排查,以及物业公司报送给它的内容。
  一次性口令只显示这一次,首次登录必须修改。退出码:0 已办,1 被拒绝,2 用法不对。例如:
  npm run heyuan -- authority add zhujian --name 眉县住房和城乡建设局 --short 眉县住建局`

const OPTIONS = { name: { type: 'string' }, short: { type: 'string' }, admin: { type: 'string' } } as const

export async function run(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS })
  const [act, login, ...more] = positionals
  if (act !== 'add') throw new UsageError(act === undefined ? '请写动作:add' : `没有动作“${act}”,可用:add`)
  if (login === undefined || !/^[a-zA-Z][\w.-]{2,31}$/.test(login)) throw new UsageError('authority add 后面写登录名:3 到 32 位字母、数字,以字母开头')
  if (more.length > 0) throw new UsageError(`多余的参数“${more[0]}”`)
  const full = values.name?.trim() ?? ''
  if (full === '' || full.length > 60) throw new UsageError('authority add 须写 --name 单位全称(60 字以内)')
  return withDatabase(out.line, async (url) => {
    const { makeApp } = await import('../apps/modules.ts')
    const { createCompany, firstPassword } = await import('../modules/identity/server/index.ts')
    await currentSchema(url)
    const app = makeApp({ url, data_dir: heyuanDir(), mode: 'empty', name: 'authority', max: 3 })
    try {
      const password = firstPassword()
      const now = nowIso()
      const made = await inTransaction(app.d, { company_id: 0 }, async (tx) => {
        const taken = await tx.db.selectFrom('identity.company').select('company_id').where('name', '=', full).executeTakeFirst()
        if (taken) throw new RefusedError(`已有名为“${full}”的单位`)
        const scope = new Scope({ who: commandLine, company_id: 0, now, today: dayOf(now), tx, request_id: null, may: 'system', dry_run: false })
        return createCompany(scope, { kind: 'authority', name: full, short_name: (values.short ?? full).slice(0, 20), admin_name: (values.admin ?? '管理员').slice(0, 30), login, password, must_change: true }, app.permissionWords.keys())
      }).catch((error: unknown) => {
        throw error instanceof Refusal ? new RefusedError(problemOf(app, error, {}).problem.message) : error
      })
      out.line(`已开设 ${full}(编号 ${made.company_id}),管理员登录名 ${login}。`)
      out.line(`一次性口令:${password}`)
      out.line('只显示这一次,请当面交给本人;首次登录时必须修改。登录地址与物业公司相同,都是 /admin。')
      out.json({ company_id: made.company_id, login, first_password: password })
      return EXIT.ok
    } finally {
      await app.d.end()
    }
  })
}
