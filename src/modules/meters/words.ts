import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  refusals: {
    'meters.no_taken': '表号「{no}」已登记在 {house},请核对表号',
    'meters.has_readings': '表「{no}」已有读数,不能改表种、倍率、起始读数和房产;如换了表,请用「换表」',
    'meters.reading_back': '{house} 表「{no}」本次读数 {reading} 小于上次 {previous};如换了表,请先做「换表」',
    'meters.already_read': '{house} 表「{no}」{period} 已抄为 {reading},如有误请用「更正」',
    'meters.removed': '{house} 表「{no}」已于 {removed_on} 拆除,请抄新表',
    'meters.later_reading': '{house} 表「{no}」已有 {period} 的读数,不能再补录或更正更早的读数;请从最近一期改起',
    'meters.before_last': '换表日不能早于上次抄表日 {read_on}',
    'meters.read_on_out': '抄表日 {read_on} 不合理:不能晚于今天,也不能早于上次抄表日 {last_on}',
    'meters.reading_billed': '{house} 表「{no}」{period} 的读数已出账,请先作废该账单再更正,然后重新出账',
    'meters.not_suspect': '该读数不是存疑状态,无需确认',
  },
  permissions: {
    'meters.meter.read': '查看表计',
    'meters.meter.write': '管理表计',
    'meters.reading.read': '查看读数',
    'meters.reading.write': '抄表与更正',
  },
  states: {
    meter_kind: { water: '水表', electricity: '电表', gas: '燃气表', heat: '热表' },
    reading_state: { good: '正常', suspect: '存疑', corrected: '已更正' },
    source: { hand: '手工', excel: 'Excel', phone: '手机', remote: '远传', estimate: '估抄' },
    round_state: { missing: '未抄', done: '已抄', suspect: '存疑' },
  },
}
