/** The cluster has answered, and says no; never leaves the adapter. */
export class EtcdRefusal extends Error {
  override readonly name = 'EtcdRefusal'
  readonly status: number
  /** gRPC's code, or 0 where something else has answered. */
  readonly grpcCode: number

  constructor(status: number, grpcCode: number, message: string) {
    super(message)
    this.status = status
    this.grpcCode = grpcCode
  }

  /** What was asked for is not there, such as a lease that has ended. */
  get isNotFound(): boolean {
    return this.grpcCode === 5 || (this.grpcCode === 0 && this.status === 404)
  }
}
