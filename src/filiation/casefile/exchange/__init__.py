"""What leaves a case for others: sub-cases, CASE/UCO, CycloneDX, manifests."""
