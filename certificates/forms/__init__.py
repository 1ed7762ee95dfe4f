"""Forms of certificates: the number that anybody may check, the policy that a publisher sets."""
