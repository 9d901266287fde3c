// Personal data as it is shown to those who need not know it.
/** A mobile number of eleven digits: 138****1234. */
export const maskMobile = (phone: string): string => `${phone.slice(0, 3)}****${phone.slice(7)}`
