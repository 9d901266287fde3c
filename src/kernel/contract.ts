// A contract is data: what a call takes, gives, who may, what it refuses. The server mounts it, the typed client,
// form labels, OpenAPI, the role editor and the access matrix read it. Imported by both sides; no code runs from it.
import type { z } from 'zod'

/** Loose on purpose: `{_zod}` keeps type-checking at half the cost of `z.ZodType` (measured, web.md 1). */
export type Shape = { _zod: { input: unknown; output: unknown } }
export type In<S extends Shape> = S['_zod']['input']
export type Out<S extends Shape> = S['_zod']['output']

/**
 * read: read-only transaction. write: one transaction with audit. download: a read that gives a file.
 * `may`: a permission such as 'billing.bill.read', or one of
 *  'public' (nobody signed in yet), 'signed_in' (anybody signed in), 'resident' (a resident's own things).
 */
export interface Call<I extends Shape = Shape, O extends Shape = Shape> {
  readonly kind: 'read' | 'write' | 'download'
  readonly zh: string
  readonly may: string
  readonly takes: I
  readonly gives: O
  readonly refuses: readonly string[]
  /** A promise to whoever calls: what the road keeps of the call (audit, request, jobs) names no account and no network address. */
  readonly unnamed?: boolean
  /** Set by `contract`: 'billing.voidBill'. */
  readonly name: string
}

type Spec<I extends Shape, O extends Shape> = { zh: string; may: string; takes: I; gives: O; refuses?: readonly string[]; unnamed?: boolean }

export const read = <I extends Shape, O extends Shape>(s: Spec<I, O>): Call<I, O> => ({ ...s, kind: 'read', refuses: s.refuses ?? [], name: '' })
export const write = <I extends Shape, O extends Shape>(s: Spec<I, O>): Call<I, O> => ({ ...s, kind: 'write', refuses: s.refuses ?? [], name: '' })
export const download = <I extends Shape>(s: Omit<Spec<I, Shape>, 'gives'>): Call<I, Shape> =>
  ({ ...s, kind: 'download', gives: anyShape, refuses: s.refuses ?? [], name: '' })
const anyShape = { _zod: { input: undefined, output: undefined } } as unknown as Shape

export type Contract = Record<string, Call>

/** Names each call 'module.call'. */
export function contract<const C extends Record<string, Call>>(module: string, calls: C): C {
  for (const [key, call] of Object.entries(calls)) (call as { name: string }).name = `${module}.${key}`
  return calls
}

/** Words of a module: Chinese for refusals, permissions, states, events, by code. Parameters in braces: '第 {row_no} 行…'. */
export interface Words {
  refusals: Record<string, string>
  permissions: Record<string, string>
  states?: Record<string, Record<string, string>>
  /** What the audit shows besides calls: 'payment.notice': '渠道通知'. */
  doings?: Record<string, string>
  /** What this module's calls are noted on in the audit: house: '房产'. */
  subjects?: Record<string, string>
}

export function sentence(template: string, params: Record<string, unknown> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const v = params[key]
    return typeof v === 'string' ? v : typeof v === 'number' ? String(v) : v === undefined || v === null ? '' : JSON.stringify(v)
  })
}

/** What every failed call answers. */
export interface Problem {
  error: string
  message: string
  params?: Record<string, unknown>
  issues?: { path: string; message: string }[]
  fault_id?: string
}

/** Codes of the kernel itself. Everything else belongs to a module's words. */
export const kernelWords: Words = {
  refusals: {
    'kernel.not_found': '没有找到,或您无权查看',
    'kernel.invalid': '填写有误:{detail}',
    'kernel.not_signed_in': '请先登录',
    'kernel.forbidden': '您的岗位没有「{permission}」权限,请联系管理员开通',
    'kernel.request_reused': '同一请求编号已用于另一项操作,请刷新页面后重试',
    'kernel.busy': '系统繁忙,请稍后再试',
    'kernel.too_often': '超过每分钟 {max} 次,请稍后再试',
    'kernel.too_large': '内容过大,最多 {max}',
    'kernel.wrong_origin': '请求来源不正确,请从系统页面操作',
    'kernel.fault': '系统出错,请联系管理员,编号 {fault_id}',
    'kernel.conflict': '同时有人在操作同一数据,请刷新后重试',
  },
  permissions: {},
  doings: { 'kernel.upload': '上传文件', 'job.kernel.seal_audit': '封存操作日志' },
}

export type { z }
