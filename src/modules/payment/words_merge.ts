import type { Words } from '../../kernel/contract.ts'

export const mergeWords: Words = {
  refusals: {
    'payment.nothing_to_print': '没有符合条件的收据可打印,请放宽楼栋、日期或「只打没打印过的」',
    'payment.too_many_prints': '符合条件的收据超过 {max} 张,一次打不完;请按楼栋或日期分几次打印',
    'payment.not_merged': '只有同一次合并收款的收据能合并成一张,请去掉「合并成一张」逐张打印',
    'payment.bank_shared': '收据 {receipt_no} 的转账由 {count} 户共同入账,只能整笔冲销;请勾选「整笔冲销」后再申请',
  },
  permissions: {},
}
