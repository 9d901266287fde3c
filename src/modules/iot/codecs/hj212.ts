// HJ 212-2017 (and -2005, whose factor codes are three characters): ##dddd<data segment>CRC\r\n, air, noise and water stations.
import { BadFrame, decoding, type Decoded, type DecodedItem } from './bytes.ts'

/** The standard's own CRC: like Modbus's, but the byte goes to the high half's remainder before the eight shifts (annex A). */
export function crcOf(text: string): string {
  let crc = 0xffff
  for (const b of Buffer.from(text, 'latin1')) {
    crc = (crc >> 8) ^ b
    for (let n = 0; n < 8; n++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}
/** Factors that communities meet: surroundings, noise, smoke, drinking and waste water. Others keep their code and have no name. */
const FACTORS: Record<string, readonly [string, string]> = {
  a01001: ['温度', '℃'], a01002: ['湿度', '%'], a01006: ['气压', 'kPa'], a01007: ['风速', 'm/s'], a01008: ['风向', '°'], a05001: ['二氧化碳', 'mg/m³'], a05024: ['臭氧', 'μg/m³'],
  a21001: ['氨', 'mg/m³'], a21002: ['氮氧化物', 'mg/m³'], a21003: ['一氧化氮', 'mg/m³'], a21004: ['二氧化氮', 'mg/m³'], a21005: ['一氧化碳', 'mg/m³'], a21026: ['二氧化硫', 'mg/m³'], a21028: ['硫化氢', 'mg/m³'],
  a34001: ['总悬浮颗粒物', 'μg/m³'], a34002: ['PM10', 'μg/m³'], a34004: ['PM2.5', 'μg/m³'], a34013: ['烟尘', 'mg/m³'], a31001: ['甲醛', 'mg/m³'], a24088: ['非甲烷总烃', 'mg/m³'], a99054: ['TVOC', 'mg/m³'], LA: ['噪声', 'dB'], Leq: ['等效声级', 'dB'],
  w00000: ['流量', 'L/s'], w01001: ['pH 值', ''], w01003: ['浊度', 'NTU'], w01009: ['溶解氧', 'mg/L'], w01010: ['水温', '℃'], w01012: ['悬浮物', 'mg/L'], w01014: ['电导率', 'μS/cm'], w01018: ['化学需氧量', 'mg/L'], w21001: ['总氮', 'mg/L'], w21003: ['氨氮', 'mg/L'], w21011: ['总磷', 'mg/L'], w21024: ['余氯', 'mg/L'],
  '001': ['pH 值', ''], '011': ['化学需氧量', 'mg/L'], '060': ['氨氮', 'mg/L'], B01: ['流量', 'L/s'],
}
const FIELDS: Record<string, string> = { Rtd: '实时', Min: '最小', Max: '最大', Avg: '平均', Cou: '累计', ZsRtd: '实时折算', ZsMin: '最小折算', ZsMax: '最大折算', ZsAvg: '平均折算', Day: '昼间', Night: '夜间' }
/** What the instrument says of its own value: only N is a measured one. */
const FLAGS: Record<string, string> = { P: '电源故障', F: '排放源停运', C: '校验', M: '维护', T: '超测上限', D: '故障', S: '设定值', N: '正常', B: '通信异常' }

const pairs = (text: string): [string, string][] => text.split(/[;,]/).filter(Boolean).map((p) => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)])
const number = (text: string): number | string | null => (text === '' ? null : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text)

function itemsOf(cp: string): DecodedItem[] {
  const items: DecodedItem[] = []
  for (const group of cp.split(';').filter(Boolean)) {
    const odd = group.split(',').find((p) => p !== '' && !p.includes('='))
    if (odd !== undefined) throw new BadFrame(`数据区的「${odd.slice(0, 40)}」不是 名称=值`)
    const all = pairs(group)
    const flags = new Map(all.filter(([k]) => k.endsWith('-Flag')).map(([k, v]) => [k.slice(0, -5), v]))
    for (const [key, text] of all) {
      if (key === '') throw new BadFrame(`数据区的「${group.slice(0, 40)}」不是 名称=值`)
      const at = key.lastIndexOf('-')
      const [code, field] = at < 0 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)]
      if (field === 'Flag' || (at < 0 && key === 'Flag')) continue
      if (at < 0) {
        items.push({ id: key, name: { DataTime: '数据时间', QnRtn: '请求应答', ExeRtn: '执行结果', PNUM: '总包数', PNO: '包号' }[key] ?? '', value: number(text), unit: '' })
        continue
      }
      if (field === 'SampleTime') continue
      const [name, unit] = FACTORS[code] ?? ['', '']
      const flag = flags.get(code)
      const marks = [FIELDS[field] ?? field, ...(flag && flag !== 'N' ? [FLAGS[flag] ?? `标记 ${flag}`] : [])]
      items.push({ id: key, name: name ? `${name}(${marks.join(',')})` : '', value: number(text), unit: field === 'Cou' ? '' : unit })
    }
  }
  return items
}

export const decodeHj212 = (bytes: Uint8Array): Decoded =>
  decoding(() => {
    const text = Buffer.from(bytes).toString('latin1')
    const at = text.indexOf('##')
    if (at < 0) throw new BadFrame('没有包头 ##')
    const m = /^##(\d{4})/.exec(text.slice(at))
    if (!m) throw new BadFrame('包头后应是 4 位数据段长度')
    const length = Number(m[1])
    const segment = text.slice(at + 6, at + 6 + length)
    const tail = text.slice(at + 6 + length)
    if (segment.length < length || tail.length < 4) throw new BadFrame(`包不完整:数据段长度 ${length},只有 ${segment.length} 字符`)
    if (!segment.endsWith('&&')) throw new BadFrame(`数据段长度 ${length} 与内容不符:应以 && 结束`)
    if (!/^[0-9a-f]{4}(\r\n|\r|\n|$)/i.test(tail)) throw new BadFrame('数据段后应是 4 位 CRC 与回车换行')
    const right = crcOf(segment)
    if (tail.slice(0, 4).toUpperCase() !== right) throw new BadFrame(`CRC 不对:包内 ${tail.slice(0, 4)},应为 ${right}`)
    const open = segment.indexOf('CP=&&')
    if (open < 0) throw new BadFrame('没有指令参数 CP=&&…&&')
    const head = new Map(pairs(segment.slice(0, open)))
    return { address: head.get('MN') ?? null, control: head.get('CN') ?? null, items: itemsOf(segment.slice(open + 5, -2)) }
  })
/** What a station measured, by factor code: only what it marks as right (N, or no mark). */
export interface StationReport {
  mn: string
  cn: string
  qn: string | null
  /** Bit 0 of Flag: it wants an answer. */
  wants_answer: boolean
  /** As it says, in the time of Beijing. */
  at_text: string | null
  values: { code: string; v: number; flag: string | null }[]
}
export function stationReport(bytes: Uint8Array): StationReport | null {
  if (!decodeHj212(bytes).ok) return null
  const text = Buffer.from(bytes).toString('latin1')
  const segment = text.slice(text.indexOf('##') + 6)
  const open = segment.indexOf('CP=&&')
  const head = new Map(pairs(segment.slice(0, open)))
  const cp = segment.slice(open + 5, segment.lastIndexOf('&&'))
  const all = new Map(pairs(cp))
  const flags = new Map([...all].filter(([k]) => k.endsWith('-Flag')).map(([k, v]) => [k.slice(0, -5), v]))
  const values: StationReport['values'] = []
  for (const [k, v] of all) {
    const at = k.lastIndexOf('-')
    // Real time (2011) gives Rtd; minutes, hours and days give the mean.
    if (at < 0 || !['Rtd', 'Avg'].includes(k.slice(at + 1)) || !/^-?\d+(\.\d+)?$/.test(v)) continue
    values.push({ code: k.slice(0, at), v: Number(v), flag: flags.get(k.slice(0, at)) ?? null })
  }
  const t = all.get('DataTime')
  return { mn: head.get('MN') ?? '', cn: head.get('CN') ?? '', qn: head.get('QN') ?? null, wants_answer: (Number(head.get('Flag') ?? 0) & 1) === 1, at_text: t && /^\d{14}$/.test(t) ? `${t.slice(0, 4)}-${t.slice(4, 6)}-${t.slice(6, 8)}T${t.slice(8, 10)}:${t.slice(10, 12)}:${t.slice(12, 14)}+08:00` : null, values }
}
/** Data received (9014): the answer that a station waits for before it forgets what it sent. */
export function stationAnswer(r: StationReport): Uint8Array {
  const segment = `QN=${r.qn ?? ''};ST=91;CN=9014;PW=;MN=${r.mn};Flag=4;CP=&&&&`
  return Buffer.from(`##${String(segment.length).padStart(4, '0')}${segment}${crcOf(segment)}\r\n`, 'latin1')
}
