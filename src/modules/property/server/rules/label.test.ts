import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildLabel, floorOf, houseSearch, normaliseNo, normaliseRoom, parseHouseText, sortNo } from './label.ts'

describe('a house in any spelling', () => {
  test.each([
    ['1-2-301', '1-2-301'], ['1栋2单元301', '1-2-301'], ['1号楼2单元301室', '1-2-301'], ['01-02-0301', '1-2-301'], ['1-2-301', '1-2-301'],
    ['1—2—301', '1-2-301'], ['1 2 301', '1-2-301'], ['1/2/301', '1-2-301'], ['1#2-301', '1-2-301'], ['1幢2单元301', '1-2-301'], ['1栋-2单元-301', '1-2-301'],
    ['1-2单元301', '1-2-301'], ['1号2单元301', '1-2-301'], ['一栋二单元301', '1-2-301'], ['1栋2单元3层301', '1-2-301'], ['1栋2单元3楼301', '1-2-301'], [' 1栋2单元301号 ', '1-2-301'],
    ['花园小区东区1栋2单元301', '1-2-301'], ['东区1栋2单元301', '1-2-301'], ['二期三栋一单元101', '3-1-101'], ['十二号楼二单元1503', '12-2-1503'], ['二十一栋101', '21-101'],
    ['1栋301', '1-301'], ['1-301', '1-301'], ['A座1201', 'A-1201'], ['a座1201', 'A-1201'], ['A-1201', 'A-1201'],
    ['P1-023', 'P1-023'], ['p1-023', 'P1-023'], ['P1-023车位', 'P1-023'], ['B1-015', 'B1-015'], ['P01-023', 'P1-023'], ['S-12', 'S-12'], ['S-12商铺', 'S-12'], ['G-01', 'G-01'],
  ])('%s is %s', (text, label) => {
    expect(parseHouseText(text)?.label).toBe(label)
  })
  test('the zone before the building is kept apart', () => {
    expect(parseHouseText('花园小区东区1栋2单元301')).toEqual({ zone: '东区', building_no: '1', unit_no: '2', room_no: '301', label: '1-2-301' })
  })
  test.each(['', '301', '张三', '1栋', '1栋2单元', '13800000101', '陕C12345', '1-2-3-4-5', '花园小区', '我家在1栋2单元', 'x'.repeat(100), '-', '---', '1--', '张-三'])('%s is no house', (text) => {
    expect(parseHouseText(text)).toBeNull()
  })

  const digits = (max: number) => fc.integer({ min: 1, max }).map(String)
  const building = fc.oneof(digits(99), fc.constantFrom('A', 'B', 'P1', 'B1', 'S', 'G'))
  const room = fc.tuple(fc.integer({ min: 1, max: 33 }), fc.integer({ min: 1, max: 12 })).map(([f, r]) => `${f}${String(r).padStart(2, '0')}`)
  const wide = (t: string) => t.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
  test('every spelling of a house comes out as its one label, and the label as itself', () => {
    fc.assert(fc.property(building, digits(9), room, (b, u, r) => {
      const label = buildLabel(b, u, r)
      const spelled = [label, `${b}栋${u}单元${r}`, `${b}号楼${u}单元${r}室`, `${b}幢${u}单元${r}`, wide(label), wide(`${b}栋${u}单元${r}`), `0${b}-0${u}-0${r}`.replace(/^0(?=[A-Z])/, ''), `${b} ${u} ${r}`, `东区${b}栋${u}单元${r}`]
      for (const s of spelled) expect(parseHouseText(s)?.label, s).toBe(label)
    }))
  })
  test('houses without a unit, bays with leading zeros', () => {
    fc.assert(fc.property(building, fc.integer({ min: 1, max: 999 }).map((n) => String(n).padStart(3, '0')), (b, r) => {
      for (const s of [buildLabel(b, null, r), `${b}栋${r}`, wide(`${b}-${r}`), `${b}座${r}`]) expect(parseHouseText(s)?.label, s).toBe(buildLabel(b, null, r))
    }))
  })
  test('normalising twice is normalising once, whatever was typed', () => {
    fc.assert(fc.property(fc.string({ maxLength: 20 }), (s) => {
      expect(normaliseNo(normaliseNo(s))).toBe(normaliseNo(s))
      expect(normaliseRoom(normaliseRoom(s))).toBe(normaliseRoom(s))
      const p = parseHouseText(s)
      if (p) expect(parseHouseText(p.label)?.label).toBe(p.label)
    }), { numRuns: 2000 })
  })
})

describe('searching and sorting', () => {
  test('a bay is found without its zeros, a room without its unit', () => {
    expect(houseSearch('P1-23').labels).toContain('P1-023')
    expect(houseSearch('1栋301')).toMatchObject({ building_no: '1', rooms: ['301', '0301'] })
    expect(houseSearch('301')).toEqual({ labels: [], building_no: null, rooms: ['301', '0301'] })
    expect(houseSearch('张三')).toEqual({ labels: [], building_no: null, rooms: [] })
  })
  test.each([['301', 3], ['1201', 12], ['023', 1], ['01', 1], ['A', 1]] as const)('floor of %s is %i', (room, floor) => expect(floorOf(room)).toBe(floor))
  test('order is that of a person: building, unit, floor', () => {
    const order = [['1', '1', '101'], ['1', '1', '1001'], ['1', '2', '101'], ['2', '1', '101'], ['10', '1', '101'], ['A', null, '1'], ['P1', null, '002'], ['P1', null, '010']] as const
    const nos = order.map(([b, u, r]) => sortNo(b, u, r))
    expect(nos).toEqual([...nos].sort((a, b) => a - b))
    expect(Math.max(...nos)).toBeLessThan(2 ** 31)
  })
})
