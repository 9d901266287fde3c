import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readSearch, writeSearch } from './address.tsx'
import { toAntd } from './columns.tsx'
import { inputFrom } from './ContractForm.tsx'
import { fieldInfo, kindOf, pathWords } from './fields.tsx'
import { area, count, instant, maskedPhone, money, yen } from './format.ts'
import { emptyText, inputOf, type Filter } from './list.ts'
import { newRequestId } from './request_id.ts'
import { t } from './t.ts'

describe('values on screens', () => {
  test('money comes from fen, with thousands', () => {
    expect([money(123450), money(-5), money(0), money(null), yen(-123456789)]).toEqual(['1,234.50', '-0.05', '0.00', '—', '-¥1,234,567.89'])
  })
  test('areas keep two decimals and lose nothing', () => {
    expect([area('89.5'), area('1200'), area('89.567'), area('89.5000'), area(null)]).toEqual(['89.50', '1,200.00', '89.567', '89.50', '—'])
  })
  test('instants are written in the zone of the houses', () => {
    expect(instant('2026-11-21T16:05:09.000Z')).toBe('2026-11-22 00:05')
    expect(instant('2026-11-21T16:05:09.000Z', { seconds: true })).toBe('2026-11-22 00:05:09')
  })
  test('phones are masked once', () => {
    expect([maskedPhone('13800138000'), maskedPhone('138****8000'), maskedPhone(null)]).toEqual(['138****8000', '138****8000', '—'])
    expect(count(1234567)).toBe('1,234,567')
    expect(t('共 {n} 条', { n: 3 })).toBe('共 3 条')
  })
})

describe('columns of lists', () => {
  test('an instant is shown as one, also where the field is only called `at`', () => {
    const shown = (key: string) => toAntd({ key, title: '时间' }).render?.(undefined, { [key]: '2026-11-21T16:05:09.000Z' }, 0)
    expect([shown('at'), shown('asked_at')]).toEqual(['2026-11-22 00:05', '2026-11-22 00:05'])
  })
})

describe('the address', () => {
  test('texts stay texts: 007 and 1-2-301 come back as written', () => {
    const search = { q: '007', house: '1-2-301', name: '王 建国&', page: '2' }
    expect(readSearch(writeSearch(search))).toEqual(search)
    expect(writeSearch({ q: '', page: undefined })).toBe('')
  })
  test('filters make the input, with nothing of what is not theirs', () => {
    const filters: Filter[] = [
      { kind: 'text', name: 'q', label: '' },
      { kind: 'check', name: 'open', label: '' },
      { kind: 'days', names: ['from_on', 'to_on'], label: '' },
      { kind: 'select', name: 'size', label: '', options: [], number: true },
    ]
    expect(inputOf(filters, { q: '1-2', open: '1', from_on: '2026-01-01', size: '3', tab: 'x', to_on: '' })).toEqual({ q: '1-2', open: true, from_on: '2026-01-01', size: 3 })
  })
})

describe('an empty list', () => {
  test('speaks of conditions only when there are some', () => {
    expect([emptyText('没有符合条件的房产', true), emptyText('没有符合条件的房产', false), emptyText('没有欠费户', false)]).toEqual(['没有符合条件的房产', '还没有房产', '没有欠费户'])
  })
})

describe('fields from a contract', () => {
  const shape = z.object({
    name: z.string().min(1).meta({ zh: '名称' }),
    amount_fen: z.int().meta({ zh: '金额' }),
    begun_on: z.string().nullable().meta({ zh: '开始' }),
    state: z.enum(['a', 'b']).optional().meta({ zh: '状态' }),
    phone: z.string().meta({ zh: '手机号' }).nullable().optional(),
    lift: z.boolean(),
    ids: z.array(z.string()),
  })
  const of = (name: string) => ({ field: { name }, info: fieldInfo(shape, name) })
  test('labels are found through optional and nullable', () => {
    expect(['name', 'begun_on', 'state', 'phone', 'lift'].map((n) => of(n).info.label)).toEqual(['名称', '开始', '状态', '手机号', undefined])
  })
  test('controls follow from types and names', () => {
    expect(Object.keys(shape.shape).map((n) => kindOf(of(n).field, of(n).info))).toEqual(['text', 'money', 'day', 'select', 'text', 'switch', 'many'])
  })
  test('empty becomes null, nothing or what the contract refuses', () => {
    const fields = Object.keys(shape.shape).map(of)
    expect(inputFrom(fields, { name: '', begun_on: '', phone: null, state: null }, { id: 7 })).toEqual({ id: 7, name: '', amount_fen: undefined, begun_on: null, phone: null, lift: false, ids: [] })
    expect(inputFrom([{ field: { name: 'name', when: () => false }, info: of('name').info }], { name: 'x' }, undefined)).toEqual({})
    // Hidden, but the contract wants it said: a form that left it out could not be sent, and had nowhere to say why.
    expect(inputFrom([{ field: { name: 'begun_on', when: () => false }, info: of('begun_on').info }], { begun_on: '2026-01-01' }, undefined)).toEqual({ begun_on: null })
    expect(inputFrom([{ field: { name: 'phone', when: () => false }, info: of('phone').info }], { phone: 'x' }, undefined)).toEqual({})
  })
})

test('request ids are UUIDv7 and never the same', () => {
  const ids = Array.from({ length: 200 }, newRequestId)
  expect(new Set(ids).size).toBe(200)
  for (const id of ids) expect(z.uuidv7().safeParse(id).success).toBe(true)
})

test('a fault inside a field is told by its place, one of the field itself needs none', () => {
  const point = z.object({ name: z.string().meta({ zh: '名称' }), unit: z.string().nullable() })
  const takes = z.object({ code: z.string().meta({ zh: '代码' }), model: z.object({ points: z.array(point).min(1).meta({ zh: '点位' }) }).meta({ zh: '模型' }), tenders: z.array(point).default([]).meta({ zh: '方式' }) })
  const at = (path: string): string => pathWords(takes, path.split('.'))
  expect([at('model.points.1.name'), at('model.points'), at('tenders.0.name'), at('model.points.0.unit'), at('code'), at('nowhere.3.x')]).toEqual(['点位第 2 项名称', '点位', '第 1 项名称', '点位第 1 项', '', '第 4 项'])
})
