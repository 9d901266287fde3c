import { z } from 'zod'
import { contract, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

const Password = z.string().min(10, '口令至少 10 位').max(128).meta({ zh: '口令' })
const Phone = z.string().regex(/^1[3-9]\d{9}$/, '应为 11 位手机号').meta({ zh: '手机号' })
const SessionCookie = z.object({ token: z.string(), max_age_s: z.int() }).nullable()

export const Me = z.object({
  account_id: Id,
  name: z.string(),
  kind: z.enum(['staff', 'resident']),
  phone: z.string().nullable(),
  company_id: z.int(),
  company_name: z.string(),
  company_short_name: z.string(),
  /** 'authority' (主管部门) sees supervision and its own accounts, nothing else. */
  company_kind: z.enum(['property', 'authority']),
  companies: z.array(z.object({ company_id: z.int(), short_name: z.string(), kind: z.enum(['staff', 'resident']) })),
  /** Function permissions of all roles; '*' is the administrator. The screen uses them to leave out menu entries; rows bring their own answers. */
  permissions: z.array(z.string()),
  /** Those held over the whole company: the screen leaves out what concerns the company as a whole for everybody else. */
  company_permissions: z.array(z.string()),
  roles: z.array(z.string()),
  must_change: z.boolean(),
  /** 'sample' shows the sample banner. */
  mode: z.enum(['sample', 'empty', 'test']),
  version: z.string(),
})
export type Me = z.output<typeof Me>

export const ScopeKind = z.enum(['company', 'community', 'building'])
export const GrantShape = z.object({ grant_id: Id, role_id: Id, role_name: z.string(), scope_kind: ScopeKind, scope_ids: z.array(Id), scope_names: z.array(z.string()) })

export const Member = z.object({
  account_id: Id,
  name: z.string().meta({ zh: '姓名' }),
  login: z.string().nullable().meta({ zh: '登录名' }),
  phone: z.string().nullable().meta({ zh: '手机号' }),
  post: z.string().nullable().meta({ zh: '岗位' }),
  disabled: z.boolean(),
  /** Until then the account is locked by wrong passwords; null when it is not. */
  locked_until: Instant.nullable().meta({ zh: '锁定至' }),
  last_seen_at: Instant.nullable().meta({ zh: '最近登录' }),
  grants: z.array(GrantShape),
})
export type Member = z.output<typeof Member>

export const Role = z.object({
  role_id: Id,
  code: z.string(),
  name: z.string().meta({ zh: '角色名称' }),
  permissions: z.array(z.string()).meta({ zh: '功能权限' }),
  built_in: z.boolean(),
  member_count: z.int(),
})
export type Role = z.output<typeof Role>

export const AuditRow = z.object({
  audit_id: z.int(),
  at: Instant.meta({ zh: '时间' }),
  actor_name: z.string().meta({ zh: '操作人' }),
  face: z.string().meta({ zh: '端' }),
  call: z.string(),
  call_zh: z.string().meta({ zh: '操作' }),
  outcome: z.enum(['done', 'refused', 'fault']).meta({ zh: '结果' }),
  refusal: z.string().nullable().meta({ zh: '拒绝原因' }),
  subject_type: z.string().nullable(),
  subject_zh: z.string().nullable().meta({ zh: '对象' }),
  subject_id: z.string().nullable(),
  detail: z.unknown(),
  ip: z.string().nullable().meta({ zh: '来源地址' }),
})

export const identity = contract('identity', {
  firstRun: read({ zh: '是否首次运行', may: 'public', takes: z.object({}), gives: z.object({ needed: z.boolean(), mode: z.string() }) }),
  begin: write({
    zh: '建立首个公司与管理员',
    may: 'public',
    takes: z.object({
      company_name: Needed(60).meta({ zh: '公司全称' }),
      short_name: Needed(20).meta({ zh: '公司简称' }),
      admin_name: Needed(30).meta({ zh: '管理员姓名' }),
      login: z.string().regex(/^[a-zA-Z][\w.-]{2,31}$/, '3 到 32 位字母、数字,以字母开头').meta({ zh: '登录名' }),
      password: Password,
    }),
    gives: z.object({ session: SessionCookie }),
    refuses: ['identity.already_begun', 'identity.weak_password'],
  }),
  signIn: write({
    zh: '登录',
    may: 'public',
    takes: z.object({ login: Needed(64).meta({ zh: '登录名' }), password: z.string().min(1, '必填').max(128).meta({ zh: '口令' }) }),
    gives: z.object({ session: SessionCookie }),
    refuses: ['identity.wrong_password', 'identity.locked', 'identity.member_disabled'],
  }),
  askCode: write({
    zh: '获取验证码',
    may: 'public',
    takes: z.object({ phone: Phone }),
    gives: z.object({ sent: z.literal(true), wait_s: z.int() }),
    refuses: ['identity.code_too_often'],
  }),
  signInByCode: write({
    zh: '验证码登录',
    may: 'public',
    /** Six digits came by SMS; eight were handed over at the desk and open only the company that issued them. */
    takes: z.object({ phone: Phone, code: z.string().regex(/^(\d{6}|\d{8})$/, '应为 6 位验证码或 8 位登录码').meta({ zh: '验证码' }) }),
    gives: z.object({ session: SessionCookie }),
    refuses: ['identity.wrong_code', 'identity.code_expired', 'identity.desk_code_expired', 'identity.no_seat', 'identity.locked'],
  }),
  signInByPassword: write({
    zh: '业主口令登录',
    may: 'public',
    takes: z.object({ phone: Phone, password: z.string().min(1, '必填').max(128).meta({ zh: '口令' }) }),
    gives: z.object({ session: SessionCookie }),
    refuses: ['identity.wrong_phone_password', 'identity.locked', 'identity.no_seat'],
  }),
  /** `fresh`: signed in a moment ago, the old password is not asked for. */
  myPassword: read({ zh: '我的登录口令', may: 'resident', takes: z.object({}), gives: z.object({ set: z.boolean(), fresh: z.boolean(), fresh_minutes: z.int() }) }),
  setMyPassword: write({
    zh: '设置登录口令',
    may: 'resident',
    takes: z.object({ old_password: z.string().max(128).optional(), new_password: Password }),
    gives: z.object({ done: z.literal(true) }),
    refuses: ['identity.wrong_password', 'identity.weak_password'],
  }),
  signOut: write({ zh: '退出', may: 'signed_in', takes: z.object({}), gives: z.object({ session: SessionCookie }) }),
  me: read({ zh: '当前用户', may: 'signed_in', takes: z.object({}), gives: Me }),
  switchCompany: write({ zh: '切换公司', may: 'signed_in', takes: z.object({ company_id: z.int() }), gives: z.object({ session: SessionCookie }) }),
  changePassword: write({
    zh: '修改口令',
    may: 'signed_in',
    takes: z.object({ old_password: z.string().max(128), new_password: Password }),
    gives: z.object({ done: z.literal(true) }),
    refuses: ['identity.wrong_password', 'identity.weak_password'],
  }),

  members: read({
    zh: '员工账号列表',
    may: 'identity.member.read',
    takes: Paging.extend({ q: Text(40).optional(), role_id: Id.optional() }),
    gives: pageOf(Member),
  }),
  addMember: write({
    zh: '新增员工账号',
    may: 'identity.member.write',
    takes: Repeatable.extend({
      name: Needed(30).meta({ zh: '姓名' }),
      login: z.string().regex(/^[a-zA-Z][\w.-]{2,31}$/, '3 到 32 位字母、数字,以字母开头').meta({ zh: '登录名' }),
      phone: Phone.nullable().optional(),
      post: Text(30).nullable().optional().meta({ zh: '岗位' }),
      grants: z.array(z.object({ role_id: Id, scope_kind: ScopeKind, scope_ids: z.array(Id).max(200) })).max(20),
    }),
    /** The first password is made by the system, shown once, and must be changed at the first sign-in. */
    gives: z.object({ account_id: Id, first_password: z.string() }),
    refuses: ['identity.login_taken', 'identity.beyond_own_rights'],
  }),
  setMember: write({
    zh: '修改员工账号',
    may: 'identity.member.write',
    takes: Repeatable.extend({
      account_id: Id,
      name: Needed(30).optional(),
      phone: Phone.nullable().optional(),
      post: Text(30).nullable().optional(),
      disabled: z.boolean().optional(),
      grants: z.array(z.object({ role_id: Id, scope_kind: ScopeKind, scope_ids: z.array(Id).max(200) })).max(20).optional(),
    }),
    gives: z.object({ account_id: Id }),
    refuses: ['identity.beyond_own_rights', 'identity.last_admin'],
  }),
  resetPassword: write({
    zh: '重置口令',
    may: 'identity.member.write',
    takes: Repeatable.extend({ account_id: Id }),
    gives: z.object({ first_password: z.string() }),
    refuses: ['identity.beyond_own_rights'],
  }),
  unlockMember: write({ zh: '解除账号锁定', may: 'identity.member.write', takes: Repeatable.extend({ account_id: Id }), gives: z.object({ account_id: Id }), refuses: ['identity.beyond_own_rights'] }),
  companyInfo: read({
    zh: '公司信息',
    may: 'identity.company.read',
    takes: z.object({}),
    gives: z.object({ name: z.string(), short_name: z.string(), credit_code: z.string().nullable(), phone: z.string().nullable() }),
  }),
  saveCompany: write({
    zh: '修改公司信息',
    may: 'identity.company.write',
    takes: Repeatable.extend({
      name: Needed(60).meta({ zh: '公司全称' }),
      short_name: Needed(20).meta({ zh: '公司简称' }),
      /** GB 32100-2015: 18 characters without I, O, Z, S, V. */
      credit_code: z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/, '应为 18 位统一社会信用代码').nullable().optional().meta({ zh: '统一社会信用代码' }),
      phone: z.string().regex(/^[0-9+()-]{5,20}$/, '只能有数字、+、- 和括号,5 到 20 位').nullable().optional().meta({ zh: '服务电话' }),
    }),
    gives: z.object({ done: z.literal(true) }),
    refuses: ['identity.company_name_taken'],
  }),
  roles: read({ zh: '角色列表', may: 'identity.role.read', takes: z.object({}), gives: z.object({ rows: z.array(Role) }) }),
  /** Every function permission of the product with its Chinese name, by module, for the role editor. */
  permissions: read({ zh: '功能权限清单', may: 'identity.role.read', takes: z.object({}), gives: z.object({ groups: z.array(z.object({ module: z.string(), zh: z.string(), permissions: z.array(z.object({ code: z.string(), zh: z.string() })) })) }) }),
  saveRole: write({
    zh: '保存角色',
    may: 'identity.role.write',
    takes: Repeatable.extend({ role_id: Id.optional(), name: Needed(30).meta({ zh: '角色名称' }), permissions: z.array(z.string().max(60)).max(500) }),
    gives: z.object({ role_id: Id }),
    refuses: ['identity.role_built_in', 'identity.unknown_permission', 'identity.beyond_own_rights', 'identity.role_name_taken'],
  }),
  removeRole: write({ zh: '删除角色', may: 'identity.role.write', takes: Repeatable.extend({ role_id: Id }), gives: z.object({ done: z.literal(true) }), refuses: ['identity.role_built_in', 'identity.role_in_use'] }),
  audit: read({
    zh: '操作日志',
    may: 'identity.audit.read',
    takes: Paging.extend({ from_on: Day.optional(), to_on: Day.optional(), actor: Text(30).optional(), /** A call's name, or part of its Chinese: 出账. */ call: Text(60).optional(), outcome: z.enum(['done', 'refused', 'fault']).optional(), subject_id: Text(80).optional() }),
    gives: pageOf(AuditRow),
  }),
  verifyAudit: read({ zh: '核验日志封存链', may: 'identity.audit.read', takes: z.object({}), gives: z.object({ ok: z.boolean(), seal_count: z.int(), row_count: z.int(), unsealed_count: z.int(), broken_at: z.int().nullable(), head: z.string().nullable() }) }),
  sessions: read({
    zh: '我的登录设备',
    may: 'signed_in',
    takes: z.object({}),
    gives: z.object({ rows: z.array(z.object({ session_id: z.string(), face: z.string(), ip: z.string().nullable(), agent: z.string().nullable(), seen_at: Instant, current: z.boolean() })) }),
  }),
  endSession: write({ zh: '下线设备', may: 'signed_in', takes: z.object({ session_id: z.string().max(80) }), gives: z.object({ done: z.literal(true) }) }),
})
export const events = {}
