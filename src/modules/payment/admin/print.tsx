// Printing a receipt: the print is logged first, then the PDF of that print opens in a window.
import { Button } from 'antd'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import { toast } from '../../../ui/feedback.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

export type Form = 'a5' | '80mm' | 'three_copy' | 'two_copy' | 'a4'
export const FORMS: readonly Form[] = ['a5', '80mm', 'three_copy', 'two_copy', 'a4']

export function usePrint() {
  const print = useWrite(payment.printReceipt, { invalidates: [payment.payment, payment.receipts] })
  return {
    running: print.running,
    run: async (payment_id: string, form: Form) => {
      // Opened at once, or the browser takes it for an advertisement.
      const page = window.open('', '_blank')
      const answer = await print.run({ payment_id, form }, `${payment_id}:${form}`)
      if (!answer) return page?.close()
      const url = fileUrl(payment.receiptPdf, answer.input)
      if (page) page.location.href = url
      else toast.warn('浏览器拦截了打印窗口,请允许本站弹出窗口后重试')
    },
  }
}

export function PrintButtons({ payment_id, print }: { payment_id: string; print: ReturnType<typeof usePrint> }) {
  return (
    <div className="hy-line" role="group" aria-label="打印收据">
      {FORMS.map((f, i) => <Button key={f} type={i === 0 ? 'primary' : 'default'} loading={print.running} onClick={() => void print.run(payment_id, f)}>{words.states?.['form']?.[f]}{i === 0 ? ' F8' : ''}</Button>)}
    </div>
  )
}

export function usePrintMany() {
  const print = useWrite(payment.printReceipts, { invalidates: [payment.payment, payment.receipts, payment.printBatches], done: (a) => `${a.count} 张收据已送打印${a.reprint_count ? `,其中补打 ${a.reprint_count} 张` : ''}` })
  return {
    running: print.running,
    run: async (ask: Parameters<typeof print.run>[0]): Promise<boolean> => {
      const page = window.open('', '_blank')
      const answer = await print.run(ask)
      if (!answer) {
        page?.close()
        return false
      }
      const url = fileUrl(payment.receiptsPdf, answer.input)
      if (page) page.location.href = url
      else toast.warn('浏览器拦截了打印窗口,请允许本站弹出窗口,再到批量打印记录中打开')
      return true
    },
  }
}
